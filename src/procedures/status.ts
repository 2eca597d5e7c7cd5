import type { NodeStatus } from '../adapters/adapter.ts';
import type { FleetNode } from '../fleet/fleet.ts';
import type { Session } from '../session.ts';
import { readRuns } from '../workflow/journal.ts';
import { isUnfinished } from '../workflow/run-summary.ts';
import type { Warning } from '../workflow/step.ts';
import { localPlace } from './unfinished.ts';
import { isHarmless, type StatusOptions, type StatusResult } from './contract.ts';

/** Where the world differs from the fleet file. */
const differencesOf = (node: NodeStatus, wanted: FleetNode, file: string): readonly Warning[] => {
  const differs = (message: string, hint: string): Warning => ({
    code: 'DIFFERS_FROM_FLEET',
    node: node.name,
    message,
    hint,
  });
  if (wanted.follows === undefined && node.role === 'follower') {
    return [
      differs(
        `${node.name} is the leader in ${file}, but it follows ${node.upstream ?? 'nobody'}`,
        `Edit ${file} to what is true, if it is meant to be.`,
      ),
    ];
  }
  if (wanted.follows !== undefined && (node.role === 'leader' || node.role === 'standalone')) {
    const what = node.role === 'leader' ? 'accepts writes as a leader' : 'is a server of its own';
    return [
      differs(
        `${node.name} follows ${wanted.follows} in ${file}, but it ${what}`,
        `replctl add-follower ${node.name} makes it one (replctl check ${node.name} says what speaks against it).`,
      ),
    ];
  }
  if (
    wanted.follows !== undefined &&
    node.role === 'follower' &&
    node.upstream !== null &&
    node.upstream !== wanted.follows
  ) {
    return [
      differs(
        `${node.name} follows ${wanted.follows} in ${file}, but really ${node.upstream}`,
        `Write \`follows: ${node.upstream}\` for ${node.name}, if that is how it is meant to be.`,
      ),
    ];
  }
  return [];
};

/** Runs that were begun or resumed on this machine and wait to be gone on with. */
const unfinishedRuns = async (session: Session, fleet: string): Promise<readonly Warning[]> =>
  (await readRuns(localPlace(session)))
    .filter((run) => run.fleet === fleet && isUnfinished(run))
    .map(({ run, command, node, state }) => ({
      code: 'RUN_UNFINISHED',
      node,
      message: `${command} ${node} (run ${run}) is not finished: ${state}`,
      hint: `Go on with: replctl resume ${run}; or take it back: replctl abandon ${run}`,
    }));

/** A server alone is a leader when it is meant to be one: its followers are still to come. */
const asWanted = (node: NodeStatus, wanted: FleetNode): NodeStatus =>
  node.role === 'standalone' && wanted.follows === undefined ? { ...node, role: 'leader' } : node;

const isWell = (node: NodeStatus): boolean =>
  ['running', 'streaming', 'catching-up'].includes(node.state) && node.warnings.every(({ code }) => isHarmless(code));

export const status = async (session: Session, { node: only }: StatusOptions): Promise<StatusResult> => {
  const fleet = await session.fleet();
  if (only !== undefined) (await import('../fleet/fleet.ts')).nodeNamed(fleet, only);
  const adapter = await session.adapter();
  // Even of one node the whole truth needs the others: its upstream holds the slot, the leader its lag.
  // What this machine remembers is an addition: status tells the truth of the others without it.
  const reading = unfinishedRuns(session, fleet.name).catch((error: Error): readonly Warning[] => {
    session.options.emit({ event: 'warning', code: 'RUNS_UNREADABLE', message: error.message });
    return [];
  });
  const found = await adapter.survey(await session.reach(fleet.nodes), session.signal);
  const runs = await reading;
  const nodes = found.map((node): NodeStatus => {
    const wanted = fleet.nodes.find(({ name }) => name === node.name);
    return wanted
      ? {
          ...asWanted(node, wanted),
          warnings: [
            ...node.warnings,
            ...differencesOf(node, wanted, fleet.file),
            ...runs.filter((run) => run.node === node.name),
          ],
        }
      : node;
  });
  const shown = only === undefined ? nodes : nodes.filter(({ name }) => name === only);
  return { fleet: fleet.name, engine: fleet.engine, healthy: shown.every(isWell), nodes: shown };
};
