import { isDeepStrictEqual } from 'node:util';
import { ReplctlError } from '../errors.ts';
import type { Emit } from './events.ts';
import { signalOf } from './interrupts.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-record.ts';
import type { Json } from './json.ts';
import { isStop, stepFailure } from './step-failure.ts';
import type { Probe, ProbeContext, Progress, Step, StepContext } from './step.ts';
import { orAbort } from './waiting.ts';

/** What the steps of a run share. */
export interface RunContext {
  readonly steps: readonly Step[];
  readonly journal: Journal;
  readonly emit: Emit;
  /** Aborted by a signal (see interrupts.ts) or by a lost lease. */
  readonly signal: AbortSignal;
  /** Awaited before anything is changed: the lease's `confirm`. */
  readonly confirm?: (() => Promise<void>) | undefined;
  readonly now?: (() => Date) | undefined;
  /** Milliseconds that a step gets to end by itself once the signal is aborted; 10 000 unless told. */
  readonly grace?: number | undefined;
}

/** What is shown of a step while it runs. */
export interface StepView {
  skipped(evidence: string): void;
  progress(progress: Progress): void;
}

/** A journaled output counts only for the step that wrote it: one with the same input. */
const outputOf = (run: RunContext, id: string): Json | undefined => {
  const record = run.journal.step(id);
  const step = run.steps.find((candidate) => candidate.id === id);
  if (record?.output === undefined) return undefined;
  return step !== undefined && isDeepStrictEqual(step.input, record.input) ? record.output : undefined;
};

export const probeContext = (run: RunContext): ProbeContext => ({
  signal: run.signal,
  output: (id) => outputOf(run, id),
});

/** Progress comes as often as a step likes; events at most once a second, and at each new phase. */
const eventsOf = (run: RunContext, step: Step) => {
  let [last, phase] = [0, ''];
  return (progress: Progress): void => {
    if (Date.now() - last < 1000 && (progress.phase ?? phase) === phase) return;
    [last, phase] = [Date.now(), progress.phase ?? phase];
    run.emit({ event: 'step-progress', step: step.id, node: step.node, ...progress });
  };
};

export const stepContext = (run: RunContext, step: Step, intent: Json, view?: StepView): StepContext => {
  const tell = eventsOf(run, step);
  return {
    ...probeContext(run),
    intent,
    progress(progress) {
      view?.progress(progress);
      tell(progress);
    },
    warn: (warning) => run.emit({ event: 'warning', node: step.node, ...warning }),
  };
};

/** Work that does not end by itself after the signal is left behind: whoever pressed Ctrl-C is not kept waiting. */
export const bounded = async <T>(run: RunContext, work: Promise<T>): Promise<T> => {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => over.abort(run.signal.reason), run.grace ?? 10_000);
  };
  if (run.signal.aborted) onAbort();
  run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await orAbort(work, over.signal);
  } finally {
    run.signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
};

const probe = async (run: RunContext, step: Step): Promise<Probe> => {
  run.signal.throwIfAborted();
  return bounded(run, step.probe(probeContext(run)));
};

const skip = async (run: RunContext, step: Step, found: Probe & { state: 'done' }, view: StepView): Promise<void> => {
  const { evidence, output = null } = found;
  const before = run.journal.step(step.id);
  const finished = before?.state === 'done' || before?.state === 'skipped';
  // An output that another input led to is replaced; a missing one is what a kill between apply and journal leaves.
  if (!finished || outputOf(run, step.id) === undefined) {
    const skipped = before?.intent === undefined;
    await run.journal.remember({ kind: 'output', step: step.id, input: step.input, output, evidence, skipped });
  }
  view.skipped(evidence);
  run.emit({ event: 'step-skipped', step: step.id, node: step.node, title: step.title, evidence });
};

const readIntent = async (run: RunContext, step: Step): Promise<Json> =>
  step.intent === undefined ? null : bounded(run, step.intent(probeContext(run)));

const change = async (run: RunContext, step: Step, view: StepView): Promise<Json> => {
  await run.confirm?.();
  run.signal.throwIfAborted();
  const kept = run.journal.step(step.id)?.intent;
  const intent = kept === undefined ? await readIntent(run, step) : kept;
  run.signal.throwIfAborted();
  await run.journal.append({ kind: 'intent', step: step.id, input: step.input, intent });
  run.signal.throwIfAborted();
  const applied = await bounded(run, step.apply(stepContext(run, step, intent, view)));
  const after = await probe(run, step);
  if (after.state !== 'done') {
    const saw = after.evidence ?? 'nothing of it is there';
    throw new ReplctlError({
      code: 'STEP_FAILED',
      message: `Step "${step.title}" ran, but ${saw}`,
      details: { state: after.state, evidence: saw },
    });
  }
  const output = applied ?? after.output ?? null;
  const { evidence } = after;
  await run.journal.remember({ kind: 'output', step: step.id, input: step.input, output, evidence, skipped: false });
  return output;
};

/** What has happened, whether every place can be told of it or not: one that cannot is a warning. */
export const note = async (
  { journal, emit }: Pick<RunContext, 'journal' | 'emit'>,
  entry: JournalEntry,
  options: { readonly only?: 'first' } = {},
): Promise<void> => {
  for (const warning of await journal.note(entry, options)) emit({ event: 'warning', ...warning });
};

const fail = async (run: RunContext, step: Step, error: unknown): Promise<ReplctlError> => {
  const changed = run.journal.summary().steps.some(({ intent }) => intent !== undefined);
  const failure = stepFailure(step, error, { run: run.journal.run, changed });
  const { code, message, hint } = failure;
  const entry = isStop(failure)
    ? ({ kind: 'interrupted', step: step.id, code } as const)
    : ({ kind: 'failed', step: step.id, code, message, hint } as const);
  // Whoever has the lease now writes on the host.
  const only = code === 'LEASE_LOST' ? ({ only: 'first' } as const) : {};
  await note(run, entry, only);
  return failure;
};

/** probe → done? skip : intent → apply → probe again → output. Throws what `stepFailure` makes of an error, after journaling it. */
export const executeStep = async (run: RunContext, step: Step, view: StepView): Promise<void> => {
  const { id, node, title } = step;
  const now = run.now ?? (() => new Date());
  const begun = now().getTime();
  const seconds = (): number => (now().getTime() - begun) / 1000;
  try {
    const found = await probe(run, step);
    if (found.state === 'done') {
      await skip(run, step, found, view);
      return;
    }
    run.emit({ event: 'step-started', step: id, node, title });
    const output = await change(run, step, view);
    run.emit({ event: 'step-done', step: id, node, title, seconds: seconds(), ...(output === null ? {} : { output }) });
  } catch (error) {
    // Whatever an aborted step throws, it was the abort that ended it.
    const failure = await fail(run, step, run.signal.aborted ? run.signal.reason : error);
    const { message, hint } = failure;
    const signal = signalOf(failure);
    if (signal === undefined) {
      run.emit({ event: 'step-failed', step: id, node, title, seconds: seconds(), message, ...(hint && { hint }) });
    } else run.emit({ event: 'run-interrupted', run: run.journal.run, signal });
    throw failure;
  }
};
