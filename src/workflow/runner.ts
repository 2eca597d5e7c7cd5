import { ReplctlError, isReplctlError } from '../errors.ts';
import type { Drawing } from './drawing.ts';
import { type RunContext, executeStep } from './execute-step.ts';
import { type TaskView, runTasks } from './listr.ts';
import { isRefusal, isStop } from './step-failure.ts';
import type { Step } from './step.ts';
import { abandonRun } from './undo.ts';

export interface RunOptions extends RunContext {
  /** Where the steps are drawn while they run; absent: nowhere. */
  readonly drawing?: Drawing | undefined;
  /** This is not the run's first attempt. */
  readonly resumed: boolean;
  /** user@machine (pid), for the journal of a resumed run. */
  readonly owner?: string | undefined;
}

/** The journal knows steps by their ids. */
const mustDiffer = (steps: readonly Step[]): void => {
  const twice = steps.find(({ id }, index) => steps.findIndex((step) => step.id === id) !== index);
  if (twice !== undefined) throw new ReplctlError({ code: 'BUG', message: `Two steps are called ${twice.id}.` });
};

/** A refusing step speaks for the run's beginnings only, while nothing was built on them. */
const refusingStep = ({ steps, journal }: RunOptions, failure: unknown): Step | undefined => {
  const id = failure instanceof ReplctlError ? failure.step : undefined;
  const index = steps.findIndex((step) => step.id === id);
  const step = steps[index];
  if (step?.refusesRun !== true) return undefined;
  const built = steps.slice(index + 1).some((later) => journal.step(later.id)?.intent !== undefined);
  return built ? undefined : step;
};

const refuse = async (options: RunOptions, step: Step, failure: ReplctlError): Promise<ReplctlError> => {
  const original = failure.cause instanceof Error ? failure.cause : failure;
  try {
    await abandonRun({ ...options, reason: original.message });
  } catch (undoing) {
    if (undoing instanceof ReplctlError && isStop(undoing)) return undoing;
    const left = undoing instanceof Error ? undoing.message : String(undoing);
    return new ReplctlError({
      code: 'STEP_FAILED',
      message: `${failure.message} What the run had begun could not be taken back: ${left}`,
      hint: undoing instanceof ReplctlError ? undoing.hint : undefined,
      node: failure.node,
      step: step.id,
      details: { ...failure.details, undo: left },
      cause: new AggregateError([failure, undoing], `${original.message}; ${left}`),
    });
  }
  return new ReplctlError({
    code: 'PREFLIGHT_REFUSED',
    message: original.message,
    // The failure's own hint names a run to resume, which is gone.
    hint: original instanceof ReplctlError && original !== failure ? original.hint : undefined,
    node: failure.node,
    step: step.id,
    details: { ...failure.details, undone: true },
    retryable: failure.retryable,
    cause: original,
  });
};

/** The world is as it was wanted, also where the host cannot be told any more: whoever goes on without this record finds all of it done. */
const end = async ({ journal, emit }: RunOptions): Promise<void> => {
  try {
    await journal.append({ kind: 'ended' });
  } catch (error) {
    // Here it must be known: else the run is unfinished, and is to be resumed.
    if (!isReplctlError(error) || isStop(error) || error.code === 'STATE_UNWRITABLE') throw error;
    emit({ event: 'warning', code: 'JOURNAL_BEHIND', message: error.message });
  }
};

/**
 * Runs the steps of a run, one after the other, from wherever the world stands, and journals the run's end. What the run has done so
 * far is in `journal.summary()`, also after an error. Emits every event but `run-ended`, which carries the caller's envelope.
 *
 * Errors: STEP_FAILED (with step and node, cause and hint), PREFLIGHT_REFUSED when a refusing step failed and everything was taken back;
 * NOT_CAUGHT_UP, LEASE_LOST and the signals' errors as they are; errors of reaching a host as they are while nothing was changed yet.
 */
export const runSteps = async (options: RunOptions): Promise<void> => {
  const { steps, journal, emit, signal, drawing, resumed } = options;
  mustDiffer(steps);
  const planned = steps.map(({ id, title, node }) => ({ id, title, node }));
  emit({ event: 'run-started', run: journal.run, command: journal.summary().command, resumed, steps: planned });
  if (resumed) await journal.remember({ kind: 'resumed', owner: options.owner ?? '' });
  await journal.remember({ kind: 'steps', steps: planned });
  const tasks = steps.map((step) => ({
    step,
    title: drawing?.title(step),
    work: async (view: TaskView) => {
      const stopping = (): void => view.line(drawing?.stopping() ?? '');
      signal.addEventListener('abort', stopping, { once: true });
      try {
        await executeStep(options, step, {
          skipped: (evidence) => drawing !== undefined && view.title(drawing.skipped(step, evidence)),
          progress: (progress) => drawing !== undefined && view.line(drawing.progress(progress)),
        });
      } finally {
        signal.removeEventListener('abort', stopping);
      }
    },
  }));
  try {
    await runTasks(tasks, drawing, { headings: true });
  } catch (failure) {
    const refusing = isRefusal(failure) ? refusingStep(options, failure) : undefined;
    if (refusing === undefined || !(failure instanceof ReplctlError)) throw failure;
    throw await refuse(options, refusing, failure);
  }
  await end(options);
};
