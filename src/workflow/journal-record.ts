import type { Json } from './json.ts';
import { isRunId } from './run-id.ts';

/** What a run is, as its first record says. */
export interface RunStart {
  readonly run: string;
  readonly command: string;
  /** The node that the run changes. */
  readonly node: string;
  readonly fleet: string;
  readonly engine: string;
  /** Everything that makes it this run and not another; plain JSON without secrets. */
  readonly inputs: Json;
}

export interface PlannedStep {
  readonly id: string;
  readonly node: string;
  readonly title: string;
}

/** What happened. One line of the journal each, with `at` (ISO 8601, UTC) and `seq`. */
export type JournalEntry =
  | ({ readonly kind: 'run' } & RunStart)
  /** The steps of the run in their order, as the latest attempt planned them. */
  | { readonly kind: 'steps'; readonly steps: readonly PlannedStep[] }
  | { readonly kind: 'resumed'; readonly owner: string }
  /** An attempt at a step begins. A later attempt repeats the first one's intent. */
  | { readonly kind: 'intent'; readonly step: string; readonly input: Json; readonly intent: Json }
  /** The step is done and proved. `skipped`: it was found done by the attempt that wrote this. */
  | {
      readonly kind: 'output';
      readonly step: string;
      readonly input: Json;
      readonly output: Json;
      readonly evidence: string;
      readonly skipped: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly step: string;
      readonly code: string;
      readonly message: string;
      readonly hint?: string | undefined;
    }
  | { readonly kind: 'interrupted'; readonly step: string; readonly code: string }
  | { readonly kind: 'undone'; readonly step: string }
  | { readonly kind: 'abandoned'; readonly reason: string }
  | { readonly kind: 'ended' };

export type JournalRecord = { readonly at: string; readonly seq: number } & JournalEntry;

/** Far above what a run writes; a longer line is somebody else's. */
const longestLine = 1_000_000;
const name = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

type Guard = (value: unknown) => boolean;
const text: Guard = (value) => typeof value === 'string';
const flag: Guard = (value) => typeof value === 'boolean';
const id: Guard = (value) => typeof value === 'string' && name.test(value);
const json: Guard = (value) => value !== undefined;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fits = (value: unknown, shape: Readonly<Record<string, Guard>>): boolean =>
  isObject(value) && Object.entries(shape).every(([key, guard]) => guard(value[key]));
const planned: Guard = (value) =>
  Array.isArray(value) && value.every((step) => fits(step, { id, node: id, title: text }));

const shapes: Readonly<Record<JournalEntry['kind'], Readonly<Record<string, Guard>>>> = {
  run: { run: isRunId, command: text, node: id, fleet: text, engine: text, inputs: json },
  steps: { steps: planned },
  resumed: { owner: text },
  intent: { step: id, input: json, intent: json },
  output: { step: id, input: json, output: json, evidence: text, skipped: flag },
  failed: { step: id, code: text, message: text, hint: (value) => value === undefined || text(value) },
  interrupted: { step: id, code: text },
  undone: { step: id },
  abandoned: { reason: text },
  ended: {},
};

const isRecord = (value: unknown): value is JournalRecord =>
  isObject(value) &&
  Number.isSafeInteger(value['seq']) &&
  typeof value['at'] === 'string' &&
  !Number.isNaN(Date.parse(value['at'])) &&
  typeof value['kind'] === 'string' &&
  Object.hasOwn(shapes, value['kind']) &&
  fits(value, shapes[value['kind'] as JournalEntry['kind']]);

/**
 * A line of a journal, or undefined for what is none: a torn line, an unknown kind, a record of the wrong shape. The host that it
 * came from is not trusted: the shape holds afterwards, the truth of it does not.
 */
export const parseRecord = (line: string): JournalRecord | undefined => {
  if (line.length > longestLine) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
