import { hostname, userInfo } from 'node:os';
import type { Facts, LeaseGuard, Node } from '../adapters/adapter.ts';
import { ReplctlError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { RunStart } from '../workflow/journal-record.ts';
import { openJournal, startJournal, type Journal } from '../workflow/journal.ts';
import { holdLease } from '../workflow/lease.ts';
import { thisProcess } from '../workflow/process-identity.ts';
import { isUnfinished, type RunSummary } from '../workflow/run-summary.ts';
import { runSteps, type RunOptions } from '../workflow/runner.ts';
import type { Step } from '../workflow/step.ts';
import { localPlace, tellOfEnd } from './unfinished.ts';
import type { StepResult } from './contract.ts';

export interface Conduct {
  /** The node whose lease is needed and where the journal's second copy lies; absent where its host is gone. */
  readonly at?: { readonly node: Node; readonly facts: Facts } | undefined;
  readonly start: RunStart;
  readonly resumed: boolean;
  /** Given the guard for whatever only the lease's holder may do. */
  readonly steps: (guard: () => LeaseGuard) => readonly Step[];
  /** Under the lease, before the journal begins: a last look whether somebody else was quicker. */
  readonly before?: (() => Promise<void>) | undefined;
  /** Default: `runSteps`. */
  readonly work?: ((options: RunOptions) => Promise<void>) | undefined;
}

const noGuard = (): LeaseGuard => {
  throw new TypeError('There is no lease to guard with');
};

/** Another machine may have ended a run that this one still takes for unfinished: what it made is in use, and not to be taken back. */
const mustBeUnfinished = async (journal: Journal): Promise<void> => {
  const { run, node, state } = journal.summary();
  if (isUnfinished(journal.summary())) return;
  await journal.share();
  throw new ReplctlError({
    code: 'USAGE',
    node,
    message: `Run ${run} is ${state}: another machine went on with it, as its journal on ${node} says`,
    hint: 'replctl status shows what is there.',
  });
};

/** Runs steps under the node's lease, journaled here and there. Returns the journal's last word. */
export const conduct = async (
  session: Session,
  { at, start, resumed, steps, before, work = runSteps }: Conduct,
): Promise<RunSummary> => {
  const { emit, interrupts, drawing } = session.options;
  const self = await thisProcess();
  const owner = `${userInfo().username}@${hostname()} (${self.pid})`;
  const store = at && (await session.runStore(at.node, at.facts));
  const lease =
    store &&
    at &&
    (await holdLease(store, { run: start.run, node: at.node.name, owner, self, signal: session.signal }));
  const signal = lease ? AbortSignal.any([session.signal, lease.signal]) : session.signal;
  try {
    await before?.();
    signal.throwIfAborted();
    const here = localPlace(session);
    const there = store && at && { name: at.node.name, store };
    if (there && !resumed) await tellOfEnd(start, here, there);
    const places = there ? [here, there] : [here];
    const journal: Journal = resumed ? await openJournal(start.run, { places }) : await startJournal(start, { places });
    if (resumed) await mustBeUnfinished(journal);
    interrupts.resumable(start.run);
    await work({
      steps: steps(lease && store ? () => store.guard(lease.epoch) : noGuard),
      journal,
      emit,
      signal,
      confirm: lease ? () => lease.confirm() : undefined,
      drawing,
      resumed,
      owner,
    });
    return journal.summary();
  } finally {
    await lease?.release();
  }
};

export const stepResults = (run: RunSummary): readonly StepResult[] =>
  run.steps.map(({ id, node, state, startedAt, seconds }) => ({
    id,
    node: node ?? '',
    state,
    startedAt: startedAt ?? null,
    seconds: seconds ?? null,
  }));
