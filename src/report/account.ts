import type { RunEvent, RunListener } from '../workflow/events.ts';
import type { StepResult } from '../procedures/contract.ts';
import type { Warning } from '../workflow/step.ts';

/** What the events of a command add up to: the parts of the envelope that no procedure has to carry around. */
export interface Account {
  readonly listener: RunListener;
  /** Null until a run begins. */
  run(): string | null;
  warnings(): readonly Warning[];
  steps(): readonly StepResult[];
}

export const createAccount = (): Account => {
  let run: string | null = null;
  const warnings: Warning[] = [];
  const steps = new Map<string, StepResult>();
  const set = (id: string, change: Partial<StepResult>) => {
    const before = steps.get(id) ?? { id, node: '', state: 'pending', startedAt: null, seconds: null };
    steps.set(id, { ...before, ...change });
  };
  const listener = (event: RunEvent): void => {
    switch (event.event) {
      case 'run-started':
        run = event.run;
        for (const { id, node } of event.steps) set(id, { node });
        return;
      case 'run-abandoning':
        run = event.run;
        return;
      case 'step-started':
        return set(event.step, { node: event.node, state: 'running', startedAt: event.at });
      case 'step-skipped':
        return set(event.step, { node: event.node, state: 'skipped' });
      case 'step-done':
        return set(event.step, { node: event.node, state: 'done', seconds: event.seconds });
      case 'step-failed':
        return set(event.step, { node: event.node, state: 'failed', seconds: event.seconds });
      case 'warning': {
        const { code, message, hint, node } = event;
        warnings.push({ code, message, ...(hint !== undefined && { hint }), ...(node !== undefined && { node }) });
        return;
      }
      case 'step-undo-started':
        return set(event.step, { node: event.node, state: 'running', startedAt: event.at });
      case 'step-undone':
        return set(event.step, { node: event.node, state: 'undone', seconds: event.seconds });
      case 'run-interrupted':
        for (const step of steps.values()) if (step.state === 'running') set(step.id, { state: 'interrupted' });
        return;
      case 'step-progress':
      case 'run-ended':
        return;
      default:
        event satisfies never;
    }
  };
  return { listener, run: () => run, warnings: () => warnings, steps: () => [...steps.values()] };
};
