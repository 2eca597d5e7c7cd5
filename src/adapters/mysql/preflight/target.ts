import type { Finding } from '../../adapter.ts';
import { error, warning } from '../../finding.ts';
import { usedEngines } from '../engines.ts';
import { setting, type MysqlFacts } from '../facts.ts';
import { filesChecks } from './files.ts';
import { servers } from './servers.ts';
import type { Check } from './scene.ts';

/** A server as its package made it: no database, table or account of anybody's, and it never followed. */
export const isPristine = ({ disk, server }: MysqlFacts): boolean => {
  if (!disk || disk.entries === 0) return true;
  if (disk.run !== '' || disk.databases.length > 0 || !server) return false;
  return server.databases.length === 0 && server.accounts.length === 0 && server.replica.length === 0;
};

const isSame = (a: MysqlFacts, b: MysqlFacts): boolean =>
  a.machineId !== '' && a.machineId === b.machineId && a.layout !== undefined && a.layout.dataDir === b.layout?.dataDir;

const sameServer: Check = (scene) => {
  const { follower } = scene.facts;
  return servers(scene).flatMap(([part, other]): Finding[] => {
    if (!isSame(follower, other)) return [];
    return [
      error({
        code: 'FOLLOWER_IS_UPSTREAM',
        node: follower.node,
        message: `${follower.node} and ${other.node} (the ${part}) are the same server: same machine, same data directory ${follower.layout?.dataDir}`,
        hint: `Correct host or database.dataDir of ${follower.node} in the fleet file.`,
      }),
    ];
  });
};

const portTaken: Check = (scene) => {
  const { follower } = scene.facts;
  return servers(scene).flatMap(([, other]): Finding[] => {
    if (other.machineId !== follower.machineId || isSame(follower, other)) return [];
    if (!follower.layout || follower.layout.port !== other.layout?.port) return [];
    const reach = follower.reach[other.node];
    if (reach?.ok && reach.localAddress !== scene.nodes.follower.address) return [];
    return [
      error({
        code: 'PORT_TAKEN',
        node: follower.node,
        message: `${follower.node} is to listen on port ${follower.layout.port}, where the server of ${other.node} listens on the same machine`,
        hint: `Give ${follower.node} a port of its own: database.port in the fleet file.`,
      }),
    ];
  });
};

const contentOf = ({ disk, server, layout }: MysqlFacts): string => {
  const databases = server?.databases ?? disk?.databases ?? [];
  if (databases.length > 0)
    return `${databases.length === 1 ? 'database' : 'databases'} ${databases.slice(0, 5).join(', ')}${databases.length > 5 ? ', …' : ''}`;
  const [channel] = server?.replica ?? [];
  if (channel) return `a follower of ${channel.host}:${channel.port}`;
  if (server && server.accounts.length > 0)
    return `accounts that somebody made (${server.accounts.slice(0, 3).join(', ')})`;
  if (disk?.serverProcess && !server) return 'a running server that gives no session';
  if (disk?.run) return `the copy of an earlier run (${disk.run})`;
  return `a server that does not run, so that nobody can say what is in ${layout?.dataDir}`;
};

const existingData: Check = ({ facts: { follower }, want }) => {
  if (!follower.layout || isPristine(follower) || want.replace) return [];
  return [
    error({
      code: 'DATA_PRESENT',
      node: follower.node,
      message: `${follower.layout.dataDir} on ${follower.node} is not empty: it holds ${contentOf(follower)}`,
      hint: 'Look at it; --replace moves it aside (nothing is deleted) and puts the copy in its place.',
    }),
  ];
};

const feedsOthers: Check = ({ facts: { follower } }) => {
  const fed = [...new Set(follower.server?.readers.map(({ host }) => host) ?? [])];
  if (fed.length === 0) return [];
  return [
    error({
      code: 'FEEDS_FOLLOWERS',
      node: follower.node,
      message: `${follower.node} feeds followers of its own (from ${fed.join(', ')}), which would be cut off`,
      hint: 'Give them another upstream first, or take them out (replctl remove-follower).',
    }),
  ];
};

const service: Check = ({ facts: { follower } }) => {
  if (follower.serviceRefusal === undefined || !follower.layout) return [];
  const { login, layout, node, serviceRefusal } = follower;
  return [
    error({
      code: 'NO_SUDO',
      node,
      message: `${login} may not start and stop ${layout.unit} on ${node} (sudo refuses: ${serviceRefusal})`,
      hint: `Put this into /etc/sudoers.d/replctl there: ${login} ALL=(root,${layout.osUser}) NOPASSWD: ALL`,
    }),
  ];
};

/** What is written for a server must be read by it, and by no other. */
const optionFiles: Check = ({ facts: { follower } }) => {
  const { layout, machine, node } = follower;
  if (layout?.control !== 'systemd') return [];
  if (layout.fragmentDir === undefined)
    return [
      error({
        code: 'OPTION_FILE_ALONE',
        node,
        message: `${layout.unit} on ${node} reads ${layout.defaultsFile} alone, which includes no directory for the option file that replctl writes`,
        hint: `Make a directory for it, and name that at the end of ${layout.defaultsFile}: !includedir DIRECTORY.`,
      }),
    ];
  const others = layout.groupSuffix === undefined ? machine.instances.filter((suffix) => suffix !== '') : [];
  if (others.length === 0) return [];
  return [
    error({
      code: 'OPTIONS_SHARED',
      node,
      message: `servers of ${node} with groups of their own ([mysqld${others.join('], [mysqld')}]) read ${layout.fragmentDir} too: what makes ${layout.unit} a follower would hold for them from their next start on`,
      hint: 'Set what it sets (server_id, read_only, …) in their own groups and allow this, or make one of them the follower (database.service).',
      allowable: true,
    }),
  ];
};

const clocks: Check = ({ facts: { leader, follower } }) => {
  const skew = Math.abs(leader.machine.clockAhead - follower.machine.clockAhead);
  if (skew < 5) return [];
  return [
    warning({
      code: 'CLOCK_SKEW',
      node: follower.node,
      message: `the clocks of ${follower.node} and ${leader.node} differ by ${skew.toFixed(0)} s`,
      hint: 'Lag in seconds will be off by as much; synchronise the clocks (chrony, systemd-timesyncd).',
    }),
  ];
};

/** Names are kept as they were written, or in small letters, for as long as a data directory lives. */
const letterCase: Check = ({ facts: { leader, follower } }) => {
  const [theirs, ours] = [
    setting(leader.server, 'lower_case_table_names'),
    setting(follower.server, 'lower_case_table_names'),
  ];
  if (theirs === '' || ours === '' || theirs === ours) return [];
  return [
    error({
      code: 'LETTER_CASE_DIFFERS',
      node: follower.node,
      message: `lower_case_table_names is ${ours} on ${follower.node} and ${theirs} on ${leader.node}`,
      hint: `Set lower_case_table_names = ${theirs} in ${follower.node}'s option file.`,
    }),
  ];
};

/** A server without an engine can read none of its tables; one that makes a table of such an engine takes InnoDB in its place, without a word. */
const engines: Check = ({ facts: { source, follower } }) => {
  const { server, node } = follower;
  if (!server) return [];
  const missing = usedEngines(source).filter(
    (engine) => !(engine in server.engines) && source.server?.engines[engine]?.isInstalled !== true,
  );
  if (missing.length === 0) return [];
  return [
    error({
      code: 'ENGINE_MISSING',
      node,
      message: `${node} has no storage engine ${missing.join(', ')}, which tables on ${source.node} are of`,
      hint: `Configure ${node}'s server to have it as ${source.node}'s does (its package, plugin_load_add, federated = ON), or change these tables.`,
    }),
  ];
};

/** Its option file outlives the copy: the applier that it becomes would go by it. */
const passesOver: Check = ({ facts: { follower, leader } }) => {
  const set = follower.server?.passedOver ?? [];
  if (set.length === 0) return [];
  return [
    error({
      code: 'REPLICATION_FILTERS',
      node: follower.node,
      message: `${follower.node} is set to pass over part of ${leader.node}'s log (${set.join(', ')}): it would not be its copy, without a word`,
      hint: `Take the lines out of ${follower.node}'s option file and restart it.`,
      allowable: true,
    }),
  ];
};

/** An option file that only its owner may read does not tell where a unit's data lies: what is taken for it by default may be another server's. */
const otherServer: Check = ({ facts: { follower } }) => {
  const { disk, layout, node } = follower;
  if (!disk?.otherUnit || !layout) return [];
  return [
    error({
      code: 'SERVER_OF_ANOTHER_UNIT',
      node,
      message: `the server in ${layout.dataDir} on ${node} is ${disk.otherUnit}'s, and not ${layout.unit}'s`,
      hint: `Correct database.service of ${node}; or name database.dataDir, database.socket and database.port too, where its option files are not to be read by ${follower.login}.`,
    }),
  ];
};

/** What must still hold when the old server is stopped: hours after the preflight, or days where the run was interrupted. */
export const swapChecks: readonly Check[] = [sameServer, otherServer, existingData, feedsOthers];

export const targetChecks: readonly Check[] = [
  ...swapChecks,
  portTaken,
  service,
  optionFiles,
  clocks,
  letterCase,
  engines,
  passesOver,
  ...filesChecks,
];
