import { ReplctlError, isReplctlError, withContext } from '../errors.ts';
import type { Drawing } from './drawing.ts';
import { type RunContext, bounded, note, probeContext, stepContext } from './execute-step.ts';
import { runTasks } from './listr.ts';
import { isStop } from './step-failure.ts';
import type { Step } from './step.ts';

export interface AbandonOptions extends RunContext {
  readonly drawing?: Drawing | undefined;
  /** For the journal: "asked by the operator". */
  readonly reason: string;
  /** Nodes that nobody can ask any more. */
  readonly gone?: readonly string[] | undefined;
}

/** The journal says that it began; or its names are the run's own, and the world says so. */
const isThisRuns = async (run: AbandonOptions, step: Step): Promise<boolean> => {
  const record = run.journal.step(step.id);
  if (record?.state === 'undone') return false;
  if (record?.intent !== undefined) return true;
  if (step.namedAfterRun !== true || run.gone?.includes(step.node)) return false;
  return (await bounded(run, step.probe(probeContext(run)))).state !== 'absent';
};

/** Where it is taken back: of what it did on a node that is gone, only what is on the run's own node. */
const placeOf = ({ gone, journal }: AbandonOptions, { node }: Step): string =>
  gone?.includes(node) ? journal.summary().node : node;

const undoFailure = (run: RunContext, step: Step, error: unknown): ReplctlError => {
  const context = { step: step.id, node: (isReplctlError(error) ? error.node : undefined) ?? step.node };
  if (isReplctlError(error) && isStop(error)) {
    return withContext(error, { ...context, hint: `Go on with: replctl abandon ${run.journal.run}` });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ReplctlError({
    ...context,
    code: 'STEP_FAILED',
    message: `Taking back "${step.title}" failed: ${message}`,
    hint: `${isReplctlError(error) && error.hint !== undefined ? `${error.hint} ` : ''}Then: replctl abandon ${run.journal.run}`,
    retryable: isReplctlError(error) && error.retryable,
    details: isReplctlError(error) ? { ...error.details, reason: error.code } : {},
    cause: error,
  });
};

const fail = async (run: RunContext, step: Step, error: unknown, seconds: number): Promise<ReplctlError> => {
  const { id, node, title } = step;
  const failure = undoFailure(run, step, run.signal.aborted ? run.signal.reason : error);
  const { code, message, hint } = failure;
  await note(
    run,
    isStop(failure) ? { kind: 'interrupted', step: id, code } : { kind: 'failed', step: id, code, message, hint },
  );
  run.emit({ event: 'step-failed', step: id, node, title, seconds, message, ...(hint && { hint }) });
  return failure;
};

const undoStep = async (run: AbandonOptions, step: Step): Promise<void> => {
  const { id, title } = step;
  const node = placeOf(run, step);
  const begun = Date.now();
  const seconds = (): number => (Date.now() - begun) / 1000;
  try {
    run.signal.throwIfAborted();
    await run.confirm?.();
    run.emit({ event: 'step-undo-started', step: id, node, title });
    await bounded(run, step.undo?.(stepContext(run, step, run.journal.step(id)?.intent ?? null)) ?? Promise.resolve());
    await note(run, { kind: 'undone', step: id });
    run.emit({ event: 'step-undone', step: id, node, title, seconds: seconds() });
  } catch (error) {
    throw await fail(run, step, error, seconds());
  }
};

/** What there is to take back, last first. */
const toUndo = async (run: AbandonOptions): Promise<readonly Step[]> => {
  const found: Step[] = [];
  for (const step of run.steps.toReversed()) {
    try {
      run.signal.throwIfAborted();
      if (step.undo !== undefined && (await isThisRuns(run, step))) found.push(step);
    } catch (error) {
      throw await fail(run, step, error, 0);
    }
  }
  return found;
};

/** Steps that another version of replctl, or other facts, had in the run: nobody here knows how to take them back. */
const warnOfUnknown = (run: AbandonOptions): void => {
  const known = new Set(run.steps.map((step) => step.id));
  for (const step of run.journal.summary().steps) {
    if (known.has(step.id) || step.intent === undefined) continue;
    if (step.node !== undefined && run.gone?.includes(step.node)) continue;
    const what = `Step "${step.title ?? step.id}" of ${run.journal.run} is in its journal but not in its plan, and was not taken back.`;
    run.emit({ event: 'warning', code: 'STEP_UNKNOWN', message: what, node: step.node });
  }
};

/** What stays on nodes that are gone: whoever brings one back should know. */
const warnOfGone = ({ gone = [], journal, emit }: AbandonOptions): void => {
  const { node: follower, steps } = journal.summary();
  for (const node of gone) {
    const begun = steps.filter((step) => step.node === node && step.intent !== undefined);
    const left = begun.map(({ title, id }) => title ?? id).join('; ');
    if (left === '') continue;
    const message = `${node} is gone: what ${journal.run} did there is not taken back: ${left}`;
    emit({
      event: 'warning',
      code: 'LEFT_ON_GONE_NODE',
      node,
      message,
      hint:
        node === follower
          ? `Should ${node} come back, undo it there.`
          : `Should ${node} come back: replctl remove-follower ${follower} --gone takes it away there; adding ${follower} again takes it over.`,
    });
  }
};

/** Journals that a run is abandoned of which nothing is taken back. */
export const closeRun = async ({ journal, emit }: RunContext, reason: string): Promise<void> => {
  const { run, command } = journal.summary();
  emit({ event: 'run-abandoning', run, command, steps: [] });
  await note({ journal, emit }, { kind: 'abandoned', reason });
};

/**
 * Takes back, last first, what the run's steps did, and journals that the run is abandoned. What others made is left alone: see
 * `isThisRuns`. Idempotent and re-entrant: each step's undo is journaled, and the first that fails ends it with STEP_FAILED.
 */
export const abandonRun = async (options: AbandonOptions): Promise<void> => {
  const { drawing, reason } = options;
  const found = await toUndo(options);
  const planned = found.map((step) => ({ id: step.id, title: step.title, node: placeOf(options, step) }));
  const { run, command } = options.journal.summary();
  options.emit({ event: 'run-abandoning', run, command, steps: planned });
  warnOfGone(options);
  const tasks = found.map((step) => ({
    step,
    title: drawing?.undoing(step),
    work: () => undoStep(options, step),
  }));
  await runTasks(tasks, drawing);
  warnOfUnknown(options);
  await note(options, { kind: 'abandoned', reason });
};
