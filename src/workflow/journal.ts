import { ReplctlError, isReplctlError } from '../errors.ts';
import { type JournalEntry, type JournalRecord, type RunStart, parseRecord } from './journal-record.ts';
import { isRunId } from './run-id.ts';
import { type RunSummary, type StepSummary, summarize } from './run-summary.ts';
import type { Warning } from './step.ts';
import type { Store } from './store.ts';
import { within } from './waiting.ts';

/** A store and what to call it in an error: "this machine", "db3". */
export interface JournalPlace {
  readonly name: string;
  readonly store: Store;
}

/** The journal of one run, the same in every place. */
export interface Journal {
  readonly run: string;
  summary(): RunSummary;
  step(id: string): StepSummary | undefined;
  /** On the medium in every place when it returns. An error names the place; what could not be written there is written with the next record. */
  append(entry: JournalEntry): Promise<void>;
  /**
   * As `append`, but on the medium only in the first place when it returns; the other places get it together with the next record. For what
   * the world tells as well: before anything more is changed there is an intent, and that is everywhere.
   */
  remember(entry: JournalEntry): Promise<void>;
  /**
   * As `append`, where what happened must not be hidden by a place that fails: a failure, an interruption, an undo on a full disk.
   * Never throws, waits ten seconds at most for each place, and returns what went wrong.
   */
  note(entry: JournalEntry, options?: { readonly only?: 'first' }): Promise<readonly Warning[]>;
  /** Gives every place what only others have so far, and adds nothing. Errors as of `append`. */
  share(): Promise<void>;
}

export interface JournalOptions {
  /** The user's own machine first; what the places say in addition is believed in this order. */
  readonly places: readonly JournalPlace[];
  readonly now?: (() => Date) | undefined;
  /** Milliseconds that `note` waits for a place. */
  readonly patience?: number | undefined;
}

interface Copy extends JournalPlace {
  /** Lines that are not there yet, in order. */
  readonly missing: string[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const write = async (run: string, copy: Copy): Promise<void> => {
  const lines = [...copy.missing];
  if (lines.length === 0) return;
  await copy.store.append(run, ...lines);
  copy.missing.splice(0, lines.length);
};

const failure = (run: string, copy: Copy, cause: unknown): ReplctlError =>
  new ReplctlError({
    code: isReplctlError(cause) ? cause.code : 'FAILED',
    message: `The journal of ${run} on ${copy.name} could not be written: ${messageOf(cause)}`,
    hint: isReplctlError(cause) ? cause.hint : undefined,
    node: isReplctlError(cause) ? cause.node : undefined,
    retryable: isReplctlError(cause) && cause.retryable,
    details: isReplctlError(cause) ? cause.details : undefined,
    cause,
  });

const createJournal = (
  run: string,
  known: readonly JournalRecord[],
  copies: readonly Copy[],
  { now = () => new Date(), patience = 10_000 }: JournalOptions,
): Journal => {
  const records = [...known];
  let queue: Promise<unknown> = Promise.resolve();
  const summary = (): RunSummary => {
    const found = summarize(records);
    if (found === undefined)
      throw new ReplctlError({ code: 'BUG', message: `The journal of ${run} has no first record.` });
    return found;
  };
  const add = (entry: JournalEntry): void => {
    const record = { at: now().toISOString(), seq: (records.at(-1)?.seq ?? 0) + 1, ...entry };
    records.push(record);
    const line = JSON.stringify(record);
    for (const copy of copies) copy.missing.push(line);
  };
  // One writer at a time: two would take the same line from the queue.
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  };
  const writeTo = async (wanted: readonly Copy[], entry?: JournalEntry): Promise<void> =>
    inTurn(async () => {
      if (entry) add(entry);
      for (const copy of wanted) {
        try {
          await write(run, copy);
        } catch (error) {
          throw failure(run, copy, error);
        }
      }
    });

  return {
    run,
    summary,
    step: (id) => summary().steps.find((step) => step.id === id),
    append: (entry) => writeTo(copies, entry),
    remember: (entry) => writeTo(copies.slice(0, 1), entry),
    share: () => writeTo(copies),
    note: (entry, options = {}) =>
      inTurn(async () => {
        add(entry);
        const warnings: Warning[] = [];
        for (const copy of options.only === 'first' ? copies.slice(0, 1) : copies) {
          try {
            await within(patience, write(run, copy), () => new Error(`no answer for ${patience / 1000} s`));
          } catch (error) {
            warnings.push({ code: 'JOURNAL_BEHIND', message: failure(run, copy, error).message });
          }
        }
        return warnings;
      }),
  };
};

interface Merged {
  readonly records: readonly JournalRecord[];
  readonly copies: readonly Copy[];
}

/** Every place's records, each once, in the order in which they were written. */
const merge = async (run: string, places: readonly JournalPlace[]): Promise<Merged> => {
  const texts = await Promise.all(places.map(async (place) => (await place.store.read(run)) ?? ''));
  const all = new Map<string, JournalRecord>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const record = parseRecord(line);
      if (record !== undefined) all.set(line, all.get(line) ?? record);
    }
  }
  // Stable: of two records with one number, the one of the earlier place comes first.
  const ordered = [...all].toSorted(([, a], [, b]) => a.seq - b.seq);
  const copies = places.map((place, index) => {
    const text = texts[index] ?? '';
    const there = new Set(text.split('\n'));
    const missing = ordered.map(([line]) => line).filter((line) => !there.has(line));
    // Glued to a torn line, a filler is lost instead of the next record.
    if (text !== '' && !text.endsWith('\n')) missing.unshift('{}');
    return { ...place, missing };
  });
  return { records: ordered.map(([, record]) => record), copies };
};

/** Begins a run: its first record is in every place when this returns. */
export const startJournal = async (start: RunStart, options: JournalOptions): Promise<Journal> => {
  const copies = options.places.map((place) => ({ ...place, missing: [] }));
  const journal = createJournal(start.run, [], copies, options);
  await journal.append({ kind: 'run', ...start });
  return journal;
};

const notFound = (run: string, places: readonly JournalPlace[]): ReplctlError =>
  new ReplctlError({
    code: 'RUN_NOT_FOUND',
    message: `There is no run ${run} on ${places.map((place) => place.name).join(' or ')}.`,
    hint: '`replctl runs` lists the runs that are known here; `--node NODE` looks on the host.',
  });

/** Goes on with the journal of an earlier run. A place that lacks records gets them before the next one. RUN_NOT_FOUND. */
export const openJournal = async (run: string, options: JournalOptions): Promise<Journal> => {
  const { records, copies } = await merge(run, options.places);
  if (summarize(records)?.run !== run) throw notFound(run, options.places);
  return createJournal(run, records, copies, options);
};

/** What is known of a run; undefined where there is none. Writes nothing. */
export const readRun = async (run: string, places: readonly JournalPlace[]): Promise<RunSummary | undefined> => {
  const found = summarize((await merge(run, places)).records);
  return found?.run === run ? found : undefined;
};

/** Every run of a store that can be read, the latest first. */
export const readRuns = async (place: JournalPlace): Promise<readonly RunSummary[]> => {
  const runs: RunSummary[] = [];
  for (const run of (await place.store.list()).filter(isRunId)) {
    const found = await readRun(run, [place]);
    if (found !== undefined) runs.push(found);
  }
  return runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.run.localeCompare(a.run));
};
