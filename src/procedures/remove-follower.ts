import { ReplctlError } from '../errors.ts';
import type { Adapter, Facts, LeaseGuard, RemovalContext } from '../adapters/adapter.ts';
import type { Session } from '../session.ts';
import type { RunStart } from '../workflow/journal-record.ts';
import type { RunSummary } from '../workflow/run-summary.ts';
import { newRunId } from '../workflow/run-id.ts';
import { closeRun } from '../workflow/undo.ts';
import type { RunOptions } from '../workflow/runner.ts';
import { conduct, stepResults } from './conduct.ts';
import { refuseOthers, type Side } from './removable.ts';
import { additionOf, localPlace, refuseUnfinishedAddition, unfinishedOf } from './unfinished.ts';
import type { AbandonResult, RemoveFollowerOptions, RemoveFollowerResult } from './contract.ts';

interface Removal {
  readonly adapter: Adapter;
  readonly start: RunStart;
  readonly resumed: boolean;
  readonly gone: boolean;
  readonly upstream: string;
}

const side = async (session: Session, adapter: Adapter, name: string): Promise<Side> => {
  const node = await session.node(name);
  return { node, facts: await adapter.inspect(node, { signal: session.signal }) };
};

const carryOut = async (session: Session, removal: Removal) => {
  const { adapter, start, resumed, gone } = removal;
  const fleet = await session.fleet();
  const leader = await side(session, adapter, fleet.leader.name);
  const upstream = removal.upstream === leader.node.name ? leader : await side(session, adapter, removal.upstream);
  const follower = gone ? undefined : await side(session, adapter, start.node);
  const unfinished = async (): Promise<readonly RunSummary[]> => {
    if (!follower || resumed) return [];
    const store = await session.runStore(follower.node, follower.facts);
    return unfinishedOf(start.node, fleet.name, [localPlace(session), { name: start.node, store }]);
  };
  const refuse = (): void => {
    if (follower && !resumed) refuseOthers(adapter, { leader, upstream, source: upstream, follower });
  };
  // Who is being made a follower is none yet; whether that goes on right now is seen by its lease.
  const adding = additionOf(await unfinished()) !== undefined;
  if (!adding) refuse();
  const before = async (): Promise<void> => {
    refuseUnfinishedAddition(await unfinished());
    // It has ended meanwhile, and these facts are of before.
    if (adding) refuse();
  };
  const context: RemovalContext<Facts> = { run: start.run, fleet: fleet.name, name: start.node, leader, upstream };
  const steps = (guard: () => LeaseGuard) =>
    adapter.removeFollower(follower ? { ...context, follower: { ...follower, guard } } : context);
  return conduct(session, { at: follower, start, resumed, steps, before });
};

const result = async (session: Session, removal: Removal): Promise<RemoveFollowerResult> => {
  const began = Date.now();
  const summary = await carryOut(session, removal);
  return {
    outcome: 'removed',
    node: removal.start.node,
    upstream: removal.upstream,
    steps: stepResults(summary),
    seconds: (Date.now() - began) / 1000,
  };
};

/** Takes a node out: it stops tailing and stays closed; slot, admission and role go. */
export const removeFollower = async (
  session: Session,
  { node, gone, confirm }: RemoveFollowerOptions,
): Promise<RemoveFollowerResult> => {
  const fleet = await session.fleet();
  const { nodeNamed } = await import('../fleet/fleet.ts');
  const { follows } = nodeNamed(fleet, node);
  if (follows === undefined)
    throw new ReplctlError({
      code: 'USAGE',
      message: `${node} is the leader of fleet ${fleet.name}, not a follower`,
      hint: 'Name a node that has `follows` in the fleet file.',
    });
  await confirm(
    gone
      ? `Take ${node} out of fleet ${fleet.name}, whose host is gone for good?`
      : `Take ${node} out of fleet ${fleet.name}? It stops following ${follows}; its data stays, read-only.`,
  );
  await session.localStore.ensureWritable();
  const adapter = await session.adapter();
  const start = {
    run: newRunId(new Date(), Math.random),
    command: 'remove-follower',
    node,
    fleet: fleet.name,
    engine: fleet.engine,
    inputs: { upstream: follows, gone },
  };
  return result(session, { adapter, start, resumed: false, gone, upstream: follows });
};

const removalOf = async (session: Session, start: RunStart): Promise<Removal> => {
  const { inputs } = start;
  const fields =
    typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs)
      ? (inputs as Readonly<Record<string, unknown>>)
      : {};
  const { upstream, gone } = fields;
  if (typeof upstream !== 'string')
    throw new ReplctlError({
      code: 'RUN_NOT_FOUND',
      message: `The journal of run ${start.run} does not say what was asked for`,
      hint: `replctl remove-follower ${start.node} begins anew.`,
    });
  return { adapter: await session.adapter(), start, resumed: true, gone: gone === true, upstream };
};

export const continueRemoval = async (session: Session, start: RunStart): Promise<RemoveFollowerResult> =>
  result(session, await removalOf(session, start));

/** What a removal took away is not made again; the run is only closed, whoever else is gone. */
export const abandonRemoval = async (
  session: Session,
  start: RunStart,
  gone: readonly string[],
): Promise<AbandonResult> => {
  const removal = await removalOf(session, start);
  const at = removal.gone || gone.includes(start.node) ? undefined : await side(session, removal.adapter, start.node);
  const work = async (run: RunOptions) => closeRun(run, 'asked for');
  await conduct(session, { at, start, resumed: true, steps: () => [], work });
  return { run: start.run, node: start.node, undone: [] };
};
