import type { InspectOptions, Node } from '../adapter.ts';
import type { ReadingHost } from '../../hosts/host.ts';
import { isReplctlError } from '../../errors.ts';
import { discover } from './discover.ts';
import type { DiskFacts, FullServerFacts, PostgresFacts, Reach } from './facts.ts';
import { stateDirectory, type Layout } from './layout.ts';
import { reachPort } from './reach.ts';
import { fullQuery, settingNames, userObjectsQuery } from './server-query.ts';
import { serviceCommand } from './server-control.ts';
import { withSession } from './with-session.ts';
import { surveyDisk } from './survey-disk.ts';

/** Where the source's tablespaces come to lie on this node. */
export const tablespacePath = (node: Pick<Node<ReadingHost>, 'database'>, path: string): string =>
  node.database.tablespaces[path] ?? path;

const roleOf = (disk: DiskFacts, server: FullServerFacts | undefined): PostgresFacts['role'] => {
  if (server) return server.inRecovery ? 'follower' : 'leader';
  if (disk.entries === 0) return 'none';
  if (!disk.control) return 'unknown';
  return disk.signals.includes('standby.signal') || disk.control.state.includes('recovery') ? 'follower' : 'leader';
};

const askServer = async (
  node: Node<ReadingHost>,
  layout: Layout,
  signal: AbortSignal,
): Promise<{ server?: FullServerFacts; serverFailure?: string }> => {
  try {
    return await withSession(node, layout, { signal }, async (session) => {
      const [row] = await session.query<{ facts: FullServerFacts }>(fullQuery, [settingNames]);
      return { server: row!.facts };
    });
  } catch (error) {
    if (!isReplctlError(error) || error.code !== 'DATABASE_UNREACHABLE') throw error;
    return { serverFailure: error.message };
  }
};

const templateObjects = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<number> =>
  withSession(node, layout, { signal, database: 'template1' }, async (session) => {
    const [row] = await session.query<{ count: number }>(userObjectsQuery);
    return row!.count;
  });

const reachPeers = async (
  node: Node<ReadingHost>,
  target: NonNullable<InspectOptions<PostgresFacts>['target']>,
  signal: AbortSignal,
) => {
  const entries = target.peers.map(async (peer): Promise<[string, Reach]> => {
    const port = peer.facts.layout?.port ?? peer.node.database.port ?? 5432;
    return [peer.node.name, await reachPort(node, peer.node.address, port, signal)];
  });
  return Object.fromEntries(await Promise.all(entries));
};

/** Starting and stopping a systemd unit is root's: asked of sudo beforehand, not found out when the copy is there. */
const serviceRefusal = async (
  node: Node<ReadingHost>,
  layout: Layout,
  signal: AbortSignal,
): Promise<string | undefined> => {
  if (layout.control !== 'systemd' || node.host.login.uid === 0) return undefined;
  for (const verb of ['start', 'stop'] as const) {
    const { argv } = serviceCommand(layout, verb);
    const result = await node.host.run({ argv: ['sudo', '-n', '-l', '--', ...argv] }, { signal });
    if (result.exitCode !== 0) return result.stderr.trim().split('\n').at(-1) || argv.join(' ');
  }
  return undefined;
};

/** Reads everything about one node, whether its server runs or not, and changes nothing. */
export const inspect = async (
  node: Node<ReadingHost>,
  options: InspectOptions<PostgresFacts>,
): Promise<PostgresFacts> => {
  const { signal, target } = options;
  const { machineId, machine, layout } = await discover(node, signal);
  const reach = target ? await reachPeers(node, target, signal) : {};
  const common = { node: node.name, machineId, reach, login: node.host.login.user };
  if (!layout) {
    const stateDir = stateDirectory(node.host.login, node.fleet, node.name);
    return {
      ...common,
      machine: { ...machine, icu: '' },
      role: 'none',
      running: false,
      osUser: node.host.login.user,
      stateDir,
    };
  }
  const places = target?.source.server?.tablespaces.map(({ path }) => tablespacePath(node, path)) ?? [];
  const survey = await surveyDisk(node, layout, places, signal);
  const { disk } = survey;
  const found: Layout = {
    ...layout,
    port: survey.port ?? layout.port,
    socketDir: survey.socketDir ?? layout.socketDir,
  };
  const refusal = target ? await serviceRefusal(node, found, signal) : undefined;
  const { server, serverFailure } = disk.serverProcess ? await askServer(node, found, signal) : {};
  return {
    ...common,
    machine: { ...machine, icu: survey.icu },
    layout: found,
    disk,
    ...(server ? { server } : {}),
    ...(serverFailure === undefined ? {} : { serverFailure }),
    ...(refusal === undefined ? {} : { serviceRefusal: refusal }),
    ...(target && server && !server.inRecovery ? { templateObjects: await templateObjects(node, found, signal) } : {}),
    role: roleOf(disk, server),
    running: disk.serverProcess,
    osUser: found.osUser,
    stateDir: stateDirectory(found, node.fleet, node.name),
  };
};
