import type { JournalRecord, PlannedStep, RunStart } from './journal-record.ts';
import type { Json } from './json.ts';

export type StepState = 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'interrupted' | 'undone';

/** What the journal remembers of a step. `undefined`: not there. */
export interface StepSummary {
  readonly id: string;
  readonly node: string | undefined;
  readonly title: string | undefined;
  readonly state: StepState;
  /** ISO 8601: the beginning and the end of the latest attempt. */
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly seconds: number | undefined;
  /** What the first attempt journaled; gone once the step was undone. */
  readonly intent: Json | undefined;
  /** The step's input when its output was journaled. */
  readonly input: Json | undefined;
  readonly output: Json | undefined;
  readonly message: string | undefined;
  /** What proved that it is done. */
  readonly evidence: string | undefined;
}

/** `running`: the record says neither ended nor interrupted. Whether somebody works on it now, only the lease knows. */
export type RunState = 'running' | 'interrupted' | 'failed' | 'done' | 'abandoned';

export interface RunSummary extends RunStart {
  readonly startedAt: string;
  /** When the last record was written. */
  readonly lastAt: string;
  readonly state: RunState;
  readonly steps: readonly StepSummary[];
  /** Why it failed, where `state` says so. */
  readonly error: RunFailure | undefined;
}

export interface RunFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** There is something to resume or to abandon. */
export const isUnfinished = (run: RunSummary): boolean => run.state !== 'done' && run.state !== 'abandoned';

const blank = (id: string): StepSummary => ({
  id,
  node: undefined,
  title: undefined,
  state: 'pending',
  startedAt: undefined,
  endedAt: undefined,
  seconds: undefined,
  intent: undefined,
  input: undefined,
  output: undefined,
  message: undefined,
  evidence: undefined,
});

const seconds = (from: string | undefined, to: string): number | undefined =>
  from === undefined ? undefined : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

const ended = (step: StepSummary, at: string): Pick<StepSummary, 'endedAt' | 'seconds'> => ({
  endedAt: at,
  seconds: seconds(step.startedAt, at),
});

/** What one record makes of the step that it names. */
const stepAfter = (step: StepSummary, record: JournalRecord): StepSummary => {
  const { at } = record;
  switch (record.kind) {
    case 'intent': {
      // The first intent holds: read again after the change, the prior setting would be the changed one.
      const intent = step.intent === undefined ? record.intent : step.intent;
      const begun = { startedAt: at, endedAt: undefined, seconds: undefined, message: undefined };
      return { ...step, ...begun, state: 'running', intent };
    }
    case 'output': {
      const { input, output, evidence } = record;
      if (record.skipped) return { ...step, state: 'skipped', input, output, evidence };
      return { ...step, ...ended(step, at), state: 'done', input, output, evidence };
    }
    case 'failed':
      return { ...step, ...ended(step, at), state: 'failed', message: record.message };
    case 'interrupted':
      return { ...step, ...ended(step, at), state: 'interrupted' };
    case 'undone':
      return { ...blank(step.id), node: step.node, title: step.title, state: 'undone', ...ended(step, at) };
    case 'run':
    case 'steps':
    case 'resumed':
    case 'abandoned':
    case 'ended':
      return step;
  }
};

const stateAfter = (state: RunState, record: JournalRecord): RunState => {
  switch (record.kind) {
    case 'failed':
    case 'interrupted':
    case 'abandoned':
      return record.kind;
    case 'ended':
      return 'done';
    case 'resumed':
    case 'intent':
      return 'running';
    case 'run':
    case 'steps':
    case 'output':
    case 'undone':
      return state;
  }
};

const planSteps = (steps: ReadonlyMap<string, StepSummary>, plan: readonly PlannedStep[]): Map<string, StepSummary> => {
  const planned = new Map<string, StepSummary>();
  for (const { id, node, title } of plan) planned.set(id, { ...(steps.get(id) ?? blank(id)), node, title });
  // Steps of an earlier attempt that are no longer planned are kept: abandon still has to undo them.
  for (const [id, step] of steps) if (!planned.has(id)) planned.set(id, step);
  return planned;
};

/** Folds records, in their order, into what is known of the run; undefined where its first record is missing. */
export const summarize = (records: readonly JournalRecord[]): RunSummary | undefined => {
  const start = records.find((record) => record.kind === 'run');
  if (start === undefined) return undefined;
  let state: RunState = 'running';
  let steps = new Map<string, StepSummary>();
  for (const record of records) {
    state = stateAfter(state, record);
    if (record.kind === 'steps') steps = planSteps(steps, record.steps);
    if ('step' in record) steps.set(record.step, stepAfter(steps.get(record.step) ?? blank(record.step), record));
  }
  const failed = records.findLast((record) => record.kind === 'failed');
  const error =
    state === 'failed' && failed ? { code: failed.code, message: failed.message, hint: failed.hint } : undefined;
  const { run, command, node, fleet, engine, inputs, at } = start;
  const lastAt = records.at(-1)?.at ?? at;
  return { run, command, node, fleet, engine, inputs, startedAt: at, lastAt, state, steps: [...steps.values()], error };
};
