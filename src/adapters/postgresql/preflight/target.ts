import type { Finding } from '../../adapter.ts';
import { numberSetting, setting, type PostgresFacts } from '../facts.ts';
import { sudoersFragment } from '../../../hosts/host.ts';
import { serviceCommand } from '../../service.ts';
import { standbySettings } from '../standby-settings.ts';
import { portTaken } from './port.ts';
import { error, warning } from '../../finding.ts';
import type { Check } from './scene.ts';

const firstUserOid = 16_384;

/** A server as its package made it: no database, object, role or tablespace of anybody's, and it never followed. */
export const isPristine = (facts: PostgresFacts): boolean => {
  const { disk, server } = facts;
  if (!disk || disk.entries === 0) return true;
  if (disk.run !== '' || disk.signals.length > 0 || disk.tablespaceLinks.length > 0) return false;
  if (!server)
    return !disk.serverProcess && disk.control?.state === 'shut down' && disk.control.nextOid <= firstUserOid;
  return (
    !server.inRecovery &&
    server.userRoles === 0 &&
    server.userObjects === 0 &&
    facts.templateObjects === 0 &&
    server.slots.length === 0 &&
    !server.databases.some((database) => database.user_made)
  );
};

const sameServer: Check = ({ facts }) => {
  const { follower } = facts;
  return (['leader', 'upstream', 'source'] as const)
    .filter((part, index, parts) => parts.findIndex((other) => facts[other].node === facts[part].node) === index)
    .flatMap((part): Finding[] => {
      const other = facts[part];
      const one =
        follower.machineId !== '' &&
        follower.machineId === other.machineId &&
        follower.layout?.dataDir === other.layout?.dataDir &&
        follower.disk?.control?.systemIdentifier === other.disk?.control?.systemIdentifier &&
        follower.layout !== undefined;
      if (!one) return [];
      return [
        error({
          code: 'FOLLOWER_IS_UPSTREAM',
          node: follower.node,
          message: `${follower.node} and ${other.node} (the ${part}) are the same server: same machine (${follower.machineId}), same data directory ${follower.layout?.dataDir}`,
          hint: `Correct host, database.port or database.dataDir of ${follower.node} in the fleet file.`,
        }),
      ];
    });
};

const describeContent = ({ disk, server, layout }: PostgresFacts, system: string | undefined): string => {
  if (server && !server.inRecovery && server.systemIdentifier === system) {
    return "a copy of the leader's cluster that accepts writes of its own (it was promoted, or started without standby.signal)";
  }
  const databases = server?.databases.filter((database) => database.user_made).map((database) => database.name) ?? [];
  if (databases.length > 0)
    return `${databases.length === 1 ? 'database' : 'databases'} ${databases.slice(0, 5).join(', ')}${databases.length > 5 ? ', …' : ''}`;
  if (server?.inRecovery) return 'a follower of another server';
  if (disk?.serverProcess && !server) return 'a running server that gives no session';
  if (disk?.control) return `a cluster (system identifier ${disk.control.systemIdentifier}, ${disk.control.state})`;
  return `${disk?.entries} entries that are not a cluster in ${layout?.dataDir}`;
};

const existingData: Check = ({ facts: { follower, leader }, want }) => {
  if (!follower.layout || isPristine(follower) || want.replace) return [];
  return [
    error({
      code: 'DATA_PRESENT',
      node: follower.node,
      message: `${follower.layout.dataDir} on ${follower.node} is not empty: it holds ${describeContent(follower, leader.server?.systemIdentifier)}`,
      hint: 'Look at it; --replace moves it aside (nothing is deleted) and puts the copy in its place.',
    }),
  ];
};

const feedsOthers: Check = ({ facts: { follower } }) => {
  const { server } = follower;
  const fed =
    server?.senders.filter((sender) => sender.state !== 'backup').map((sender) => sender.application_name) ?? [];
  const slots =
    server?.slots.filter((slot) => slot.slot_type === 'physical' && slot.active).map((slot) => slot.slot_name) ?? [];
  const all = [...new Set([...fed, ...slots])];
  if (all.length === 0) return [];
  return [
    error({
      code: 'FEEDS_FOLLOWERS',
      node: follower.node,
      message: `${follower.node} feeds followers of its own (${all.join(', ')}), which would be cut off`,
      hint: 'Give them another upstream first, or take them out (replctl remove-follower).',
    }),
  ];
};

const nameless: Check = ({ facts: { follower }, nodes }) => {
  if (follower.layout?.kind !== 'plain' || nodes.follower.database.dataDir !== undefined) return [];
  return [
    error({
      code: 'DATA_DIR_UNNAMED',
      node: follower.node,
      message: `${follower.node}'s data directory ${follower.layout.dataDir} is known only from the server that runs there now`,
      hint: `Put database: { dataDir: ${follower.layout.dataDir} } under ${follower.node} in the fleet file, so that the run can be resumed while the server is down.`,
    }),
  ];
};

const service: Check = ({ facts: { follower } }) => {
  if (follower.serviceRefusal === undefined || !follower.layout) return [];
  const { layout } = follower;
  const fragment = sudoersFragment({
    user: follower.login,
    owners: [layout.osUser],
    rootCommands: (['start', 'stop'] as const).map((verb) => serviceCommand(layout.unit!, verb).argv),
  });
  return [
    error({
      code: 'NO_SUDO',
      node: follower.node,
      message: `${follower.login} may not start and stop ${layout.unit} on ${follower.node} (sudo refuses: ${follower.serviceRefusal})`,
      hint: `Put this into /etc/sudoers.d/replctl there:\n${fragment}`,
    }),
  ];
};

/** A standby refuses to start with less of these than its leader has. */
const settings: Check = ({ facts: { leader, follower } }) =>
  standbySettings.flatMap((name): Finding[] => {
    const needed = numberSetting(leader.server, name);
    const own = follower.server
      ? numberSetting(follower.server, name)
      : Number(follower.disk?.settings[name] || Infinity);
    if (!leader.server || own >= needed) return [];
    if (follower.server?.settings[name]?.source === 'command line') {
      return [
        error({
          code: 'SETTING_TOO_LOW',
          node: follower.node,
          message: `${name} is ${own} on ${follower.node} by its server's command line, ${needed} on the leader ${leader.node}: the follower would not start`,
          hint: `Take ${name} out of the command line (Debian: ${follower.layout?.configDir}/pg_ctl.conf; else the unit file), or give it ${needed}.`,
        }),
      ];
    }
    return [
      warning({
        code: 'SETTING_RAISED',
        node: follower.node,
        message: `${name} is ${own} on ${follower.node} and ${needed} on the leader ${leader.node}; a follower needs at least as much`,
        hint: `replctl writes ${name} = ${needed} into the follower's postgresql.auto.conf.`,
      }),
    ];
  });

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

const archiving: Check = ({ facts: { follower, source }, nodes }) => {
  if (follower.layout?.kind !== 'plain' || (follower.disk?.entries ?? 0) > 0) return [];
  const command = setting(source.server, 'archive_mode');
  if (command !== 'always') return [];
  return [
    warning({
      code: 'ARCHIVES_ALWAYS',
      node: nodes.follower.name,
      message: `archive_mode is always on ${source.node} and comes along with the copied postgresql.conf`,
      hint: 'Check that two servers may archive to the same place.',
    }),
  ];
};

/** What must still hold when the old server is stopped: hours after the preflight, or days where the run was interrupted. */
export const swapChecks: readonly Check[] = [sameServer, existingData, feedsOthers];

export const targetChecks: readonly Check[] = [
  sameServer,
  portTaken,
  existingData,
  feedsOthers,
  nameless,
  service,
  settings,
  clocks,
  archiving,
];
