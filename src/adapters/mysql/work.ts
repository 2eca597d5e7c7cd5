import type { Cast, Node, PhaseContext } from '../adapter.ts';
import { renamed, within, type Place } from '../places.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import type { MysqlFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { accountName, copyAccountName, serverIdFor } from './names.ts';
import { tlsOf, type Tls } from './tls.ts';

export type MethodName = 'clone' | 'dump' | 'mariabackup';

/** A server that the follower logs in to. */
export interface Serving {
  readonly node: Node;
  readonly facts: MysqlFacts;
  readonly layout: Layout;
}

/** What every step of one add-follower run shares: who takes part, and the names of all that the run creates. */
export interface Work {
  readonly context: PhaseContext<MysqlFacts>;
  readonly run: string;
  readonly nodes: Cast<Node>;
  readonly layouts: Cast<Layout>;
  readonly dialect: Dialect;
  readonly method: MethodName;
  /** Why it was chosen: ` (…)`, for the title of its step; empty where that is not known. */
  readonly because: string;
  /** The follower's replication account, and the one that only its copy uses. */
  readonly account: string;
  readonly copyAccount: string;
  /** Host parts of both: the addresses that the follower comes from. */
  readonly from: readonly string[];
  readonly tls: Tls;
  readonly serverId: number;
  /** The data directory: where it lies in the end, where it is staged, where what was there is set aside. */
  readonly place: Place;
  /** A directory of the run's own on the data directory's file system, `osUser`'s (0700): scratch servers, spooled pieces. Goes with the run. */
  readonly workDir: string;
  /** The upstream, and the copy's source where that is another. */
  readonly serving: readonly Serving[];
}

export const layoutOf = (facts: MysqlFacts): Layout => {
  if (!facts.layout) throw new TypeError(`No server on ${facts.node}: preflight lets no run begin without one`);
  return facts.layout;
};

/** Staged beside the data directory, or in it where it is a mount point or its parent is not the server's. */
export const placeOf = (run: string, { layout, disk, node }: MysqlFacts): Place => {
  if (!layout || !disk) throw new TypeError(`No server on ${node}`);
  const at = disk.mount || !disk.parentWritable ? within(layout.dataDir, run) : renamed(layout.dataDir, run);
  return { kind: 'data', entries: '*', ...at };
};

const workDirOf = (run: string, { final, mode }: Place): string =>
  mode === 'entries' ? `${final}/.replctl-${run}/own` : `${final}.replctl-${run}-work`;

const addressesOf = ({ nodes, facts }: PhaseContext<MysqlFacts>): readonly string[] => {
  const seen = [nodes.upstream, nodes.source].map(({ name }) => facts.follower.reach[name]);
  const addresses = seen.flatMap((reach) => (reach?.ok ? [reach.localAddress] : []));
  return [...new Set([...addresses, ...(/^[0-9.]+$|:/.test(nodes.follower.address) ? [nodes.follower.address] : [])])];
};

export const workOf = (context: PhaseContext<MysqlFacts>, method: MethodName): Work => {
  const { run, nodes, facts } = context;
  const layouts = {
    leader: layoutOf(facts.leader),
    upstream: layoutOf(facts.upstream),
    source: layoutOf(facts.source),
    follower: layoutOf(facts.follower),
  };
  const upstream = { node: nodes.upstream, facts: facts.upstream, layout: layouts.upstream };
  const source = { node: nodes.source, facts: facts.source, layout: layouts.source };
  const { fleet, name } = nodes.follower;
  const place = placeOf(run, facts.follower);
  return {
    context,
    run,
    nodes,
    layouts,
    dialect: dialectOf(layouts.follower),
    method,
    because: context.because === undefined ? '' : ` (${context.because})`,
    account: accountName(fleet, name),
    copyAccount: copyAccountName(fleet, name),
    from: addressesOf(context),
    tls: tlsOf(nodes.follower, facts.upstream),
    serverId: serverIdFor(fleet, name, takenServerIds(facts)),
    place,
    workDir: workDirOf(run, place),
    serving: nodes.upstream.name === nodes.source.name ? [upstream] : [upstream, source],
  };
};

/** Of everyone in the topology that can be seen, the follower itself left out: it may have our number already. */
export const takenServerIds = ({ leader, upstream, source }: Cast<MysqlFacts>): readonly number[] =>
  [leader, upstream, source].flatMap(({ server }) => (server ? [Number(server.settings.server_id ?? 0)] : []));
