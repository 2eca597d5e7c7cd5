import type { InspectOptions, Node, Target } from '../adapter.ts';
import type { ReadingHost } from '../../hosts/host.ts';
import { isReplctlError, type ReplctlError } from '../../errors.ts';
import { askFull } from './ask-full.ts';
import { discover } from './discover.ts';
import type { DiskFacts, FullServerFacts, PostgresFacts } from './facts.ts';
import { stateDirectory, type Layout } from './layout.ts';
import { look } from './look.ts';
import { reachPort, type Reach } from '../reach.ts';
import { serviceRefusal } from '../service.ts';
import { userObjectsQuery } from './server-query.ts';
import { withSession } from './with-session.ts';
import { surveyDisk } from './survey-disk.ts';

/** Where a tablespace comes to lie on this node. The fleet file knows it by its path on the leader, whoever the copy is taken from. */
export const tablespacePath = (
  node: Pick<Node<ReadingHost>, 'database'>,
  { oid, path }: { readonly oid: number; readonly path: string },
  leader: PostgresFacts,
): string => {
  const original = leader.server?.tablespaces.find((tablespace) => tablespace.oid === oid)?.path ?? path;
  return node.database.tablespaces[original] ?? original;
};

const roleOf = (disk: DiskFacts, server: FullServerFacts | undefined): PostgresFacts['role'] => {
  if (server) return server.inRecovery ? 'follower' : 'leader';
  if (disk.entries === 0) return 'none';
  if (!disk.control) return 'unknown';
  return disk.signals.includes('standby.signal') || disk.control.state.includes('recovery') ? 'follower' : 'leader';
};

const templateObjects = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<number> =>
  withSession(node, layout, { signal, database: 'template1' }, async (session) => {
    const [row] = await session.query<{ count: number }>(userObjectsQuery);
    return row!.count;
  });

type Later = Target<PostgresFacts> | Promise<Target<PostgresFacts>>;

const reachPeers = async (
  node: Node<ReadingHost>,
  target: Later,
  signal: AbortSignal,
): Promise<PostgresFacts['reach']> => {
  const { peers } = await target;
  const entries = peers.map(async (peer): Promise<[string, Reach]> => {
    const port = peer.facts.layout?.port ?? peer.node.database.port ?? 5432;
    return [peer.node.name, await reachPort(node, peer.node.address, port, signal)];
  });
  return Object.fromEntries(await Promise.all(entries));
};

/** Directories that the source's tablespaces need here. */
const targetPlaces = async (
  node: Node<ReadingHost>,
  layout: Layout,
  target: Later,
  signal: AbortSignal,
): Promise<DiskFacts['places']> => {
  const { source, leader } = await target;
  const places = source.server?.tablespaces.map((tablespace) => tablespacePath(node, tablespace, leader)) ?? [];
  if (places.length === 0) return [];
  return (await surveyDisk(node, layout, { depth: 'light', places, signal })).disk.places;
};

/** The settings of a server that runs but gives no session are those in its files. */
const fileSettings = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal) =>
  (await surveyDisk(node, layout, { depth: 'settings', signal })).disk.settings;

/** Looks at the node while the nodes that it depends on are looked at. */
const lookAtTarget = async (
  node: Node<ReadingHost>,
  layout: Layout,
  { signal, target }: InspectOptions<PostgresFacts>,
) => {
  const [looked, refusal, reach, places] = await Promise.all([
    look(node, layout, { depth: 'full', signal }, (at) => askFull(node, at, signal)),
    target ? serviceRefusal(node, layout.control === 'systemd' ? layout.unit : undefined, signal) : undefined,
    target ? reachPeers(node, target, signal) : {},
    target ? targetPlaces(node, layout, target, signal) : [],
  ]);
  return { ...looked, refusal, reach, places };
};

/** Reads everything about one node, whether its server runs or not, and changes nothing. */
export const inspect = async (
  node: Node<ReadingHost>,
  options: InspectOptions<PostgresFacts>,
): Promise<PostgresFacts> => {
  const { signal, target } = options;
  const { machineId, machine, layout } = await discover(node, signal);
  const common = { node: node.name, machineId, login: node.host.login.user };
  if (!layout) {
    const stateDir = stateDirectory(node.host.login, node.fleet, node.name);
    return {
      ...common,
      reach: target ? await reachPeers(node, target, signal) : {},
      machine: { ...machine, icu: '' },
      role: 'none',
      running: false,
      osUser: node.host.login.user,
      stateDir,
    };
  }
  const { survey, server, failure, refusal, reach, places, ...looked } = await lookAtTarget(node, layout, options);
  if (failure !== undefined && !isSilence(failure)) throw failure;
  const found = looked.layout;
  const settings = failure === undefined ? survey.disk.settings : await fileSettings(node, found, signal);
  const disk = { ...survey.disk, settings, places };
  return {
    ...common,
    reach,
    machine: { ...machine, icu: survey.icu },
    layout: found,
    disk,
    ...(server ? { server } : {}),
    ...(failure === undefined ? {} : { serverFailure: failure.message }),
    ...(refusal === undefined ? {} : { serviceRefusal: refusal }),
    ...(target && server && !server.inRecovery ? { templateObjects: await templateObjects(node, found, signal) } : {}),
    role: roleOf(disk, server),
    running: disk.serverProcess,
    osUser: found.osUser,
    stateDir: stateDirectory(found, node.fleet, node.name),
  };
};

const isSilence = (error: unknown): error is ReplctlError =>
  isReplctlError(error) && error.code === 'DATABASE_UNREACHABLE';
