import { isReplctlError } from '../../errors.ts';
import type { ReadingHost } from '../../hosts/host.ts';
import type { InspectOptions, Node } from '../adapter.ts';
import { reachPort, type Reach } from '../reach.ts';
import { serviceRefusal } from '../service.ts';
import { askFull } from './ask-full.ts';
import { discover } from './discover.ts';
import type { DiskFacts, FullServerFacts, MysqlFacts } from './facts.ts';
import { surveyDisk } from './survey-disk.ts';
import type { Layout } from './layout.ts';

const roleOf = (disk: DiskFacts, server: FullServerFacts | undefined): MysqlFacts['role'] => {
  if (server) return server.replica.length > 0 ? 'follower' : 'leader';
  if (disk.entries === 0) return 'none';
  // Nobody can be asked; but what we closed we made a follower of.
  return disk.fragment === '' ? 'leader' : 'follower';
};

type Asked = { readonly server: FullServerFacts } | { readonly failure: string };

const tryToAsk = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<Asked> => {
  try {
    return { server: await askFull(node, layout, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (isReplctlError(error) && error.code !== 'DATABASE_UNREACHABLE') throw error;
    return { failure: error instanceof Error ? error.message : String(error) };
  }
};

const reachPeers = async (
  node: Node<ReadingHost>,
  { target, signal }: InspectOptions<MysqlFacts>,
): Promise<MysqlFacts['reach']> => {
  const { peers } = (await target) ?? { peers: [] };
  const entries = peers.map(async (peer): Promise<[string, Reach]> => {
    const port = peer.facts.layout?.port ?? peer.node.database.port ?? 3306;
    return [peer.node.name, await reachPort(node, peer.node.address, port, signal)];
  });
  return Object.fromEntries(await Promise.all(entries));
};

/** With the port that the server really has, where it was asked. */
const corrected = (layout: Layout, server: FullServerFacts | undefined): Layout => {
  const port = Number(server?.settings.port ?? 0);
  return port > 0 ? { ...layout, port } : layout;
};

/** Reads everything about one node, whether its server runs or not, and changes nothing. */
export const inspect = async (node: Node<ReadingHost>, options: InspectOptions<MysqlFacts>): Promise<MysqlFacts> => {
  const { signal, target } = options;
  const { machineId, machine, layout, stateDir } = await discover(node, signal);
  const byPassword = node.database.adminPassword !== undefined;
  const common = { node: node.name, machineId, login: node.host.login.user, byPassword, machine };
  if (!layout) {
    return {
      ...common,
      role: 'none',
      running: false,
      osUser: node.host.login.user,
      stateDir,
      reach: await reachPeers(node, options),
    };
  }
  const [disk, asked, refusal, reach] = await Promise.all([
    surveyDisk(node, layout, signal),
    tryToAsk(node, layout, signal),
    target ? serviceRefusal(node, layout.unit, signal) : undefined,
    reachPeers(node, options),
  ]);
  // What answers at the socket of a server that does not run is another's.
  const server = disk.serverProcess && 'server' in asked ? asked.server : undefined;
  return {
    ...common,
    layout: corrected(layout, server),
    disk,
    ...(server ? { server } : {}),
    ...(disk.serverProcess && 'failure' in asked ? { serverFailure: asked.failure } : {}),
    ...(refusal === undefined ? {} : { serviceRefusal: refusal }),
    role: roleOf(disk, server),
    running: disk.serverProcess,
    // The run's store is the administrator's.
    osUser: layout.adminUser,
    stateDir,
    reach,
  };
};
