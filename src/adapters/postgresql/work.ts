import type { Cast, Node, PhaseContext } from '../adapter.ts';
import { installedRun as readInstalledRun } from '../installed-run.ts';
import { stateDirectory, passfilePath, type Layout } from './layout.ts';
import type { PostgresFacts } from './facts.ts';
import { roleName, slotName } from './names.ts';
import type { Place } from '../places.ts';
import { placesOf, stagedBefore } from './places.ts';

/** What every step of one add-follower run shares: who takes part, and the names of all that the run creates. */
export interface Work {
  readonly context: PhaseContext<PostgresFacts>;
  readonly run: string;
  readonly nodes: Cast<Node>;
  readonly layouts: Cast<Layout>;
  readonly role: string;
  readonly slot: string;
  readonly passfile: string;
  readonly stateDir: string;
  readonly places: readonly [Place, ...Place[]];
  /** Nodes that the follower logs in to: the upstream, and the copy's source where that is another. */
  readonly serving: readonly { readonly node: Node; readonly facts: PostgresFacts; readonly layout: Layout }[];
}

export const layoutOf = (facts: PostgresFacts): Layout => {
  if (!facts.layout) throw new TypeError(`No cluster on ${facts.node}: preflight lets no run begin without one`);
  return facts.layout;
};

export const workOf = (context: PhaseContext<PostgresFacts>): Work => {
  const { run, nodes, facts } = context;
  const layouts = {
    leader: layoutOf(facts.leader),
    upstream: layoutOf(facts.upstream),
    source: layoutOf(facts.source),
    follower: layoutOf(facts.follower),
  };
  const upstream = { node: nodes.upstream, facts: facts.upstream, layout: layouts.upstream };
  const source = { node: nodes.source, facts: facts.source, layout: layouts.source };
  const staged = nodes.leader.gone || nodes.source.gone ? stagedBefore(context.intentOf?.('transfer.copy')) : undefined;
  return {
    context,
    run,
    nodes,
    layouts,
    role: roleName(nodes.follower.name),
    slot: slotName(nodes.follower.name, run),
    passfile: passfilePath(layouts.follower, nodes.follower.fleet, nodes.follower.name),
    stateDir: stateDirectory(layouts.follower, nodes.follower.fleet, nodes.follower.name),
    places: placesOf(run, facts, nodes.follower, staged),
    serving: nodes.upstream.name === nodes.source.name ? [upstream] : [upstream, source],
  };
};

/** The run whose copy the follower's data directory is; undefined where there is none. After the swap this alone proves the transfer. */
export const installedRun = async (work: Work, signal: AbortSignal): Promise<string | undefined> =>
  readInstalledRun(work.nodes.follower, work.layouts.follower, signal);
