import { isIP } from 'node:net';
import { renderTemplate } from '../template.ts';
import { isOn, setting, usesGtid } from './facts.ts';
import type { Layout } from './layout.ts';
import type { Work } from './work.ts';

/**
 * `held`: no server starts with it, for as long as the data directory is half of one server and half of another. `closed`: it starts, and follows nobody by
 * itself. `tailing`: it goes on following after every restart.
 */
export type FragmentState = 'held' | 'closed' | 'tailing';

/** A file of ours that a server reads last: in its package's directory, or the one that a server of our own making is started with. */
export const fragmentPath = ({ fragmentDir, stateDir, groupSuffix = '' }: Layout): string =>
  fragmentDir === undefined ? `${stateDir}/server.cnf` : `${fragmentDir}/zz-replctl${groupSuffix}.cnf`;

/** Says which run's settings these are, and how far it is. */
export const fragmentMark = (run: string, state: FragmentState): string => `# replctl.run ${run} ${state}`;

export const isTailingFragment = (text: string): boolean => /^# replctl\.run \S+ tailing$/m.test(text);

/** An unknown option: the server's start ends at once, before it has looked at any file of its data directory. */
const holdLine = 'replctl_holds_this_server_in_the_middle_of_a_swap = 1';

/** Never fewer than MySQL's own default: appliers mostly wait for the disk, and commit in groups. */
const workers = (work: Work): number => Math.max(4, Math.min(16, work.context.facts.follower.machine.cores));

const gtidSettings = (work: Work): readonly string[] => {
  const { server } = work.context.facts.leader;
  if (work.dialect.flavour === 'mariadb')
    return [`gtid_strict_mode = ${isOn(server, 'gtid_strict_mode') ? 'ON' : 'OFF'}`];
  const mode = usesGtid(server) ? 'ON' : 'OFF';
  return [
    `gtid_mode = ${mode}`,
    `enforce_gtid_consistency = ${setting(server, 'enforce_gtid_consistency') || mode}`,
    // What a crash broke of the relay logs is asked for again; MariaDB does so by itself.
    ...(mode === 'ON' ? ['relay_log_recovery = ON'] : []),
  ];
};

/** Of every server: one that does not know its default engine does not start. */
const builtIn: Readonly<Record<Layout['flavour'], readonly string[]>> = {
  mysql: ['MYISAM', 'MEMORY'],
  mariadb: ['MYISAM', 'MEMORY', 'ARIA'],
};

/**
 * An event does not tell all that its session had: what the leader's took, the applier must take too (each was seen to stop it, or to make another table). By
 * the leader alone: what the follower's server says depends on what was written here before.
 */
const lenience = ({ context, dialect }: Work): readonly string[] => {
  const { server } = context.facts.leader;
  const engine = setting(server, 'default_storage_engine');
  const rowFormat = setting(server, 'innodb_default_row_format');
  const binlogFormat = setting(server, 'binlog_format');
  return [
    'innodb_strict_mode = OFF',
    'log_bin_trust_function_creators = ON',
    ...(isOn(server, 'partial_revokes') ? ['partial_revokes = ON'] : []),
    ...(builtIn[dialect.flavour].includes(engine.toUpperCase()) ? [`default_storage_engine = ${engine}`] : []),
    // How long a key may be.
    ...(rowFormat === '' ? [] : [`innodb_default_row_format = ${rowFormat}`]),
    // One that logs statements alone could not log what comes as rows.
    ...(binlogFormat === '' ? [] : [`binlog_format = ${binlogFormat === 'STATEMENT' ? 'MIXED' : binlogFormat}`]),
  ];
};

/** Old data that is kept in the data directory is no database, though MariaDB would take its directory for one. */
const ignoredDirectories = ({ dialect, place, run }: Work): readonly string[] =>
  dialect.flavour === 'mariadb' && place.mode === 'entries'
    ? ['ignore_db_dirs = lost+found', `ignore_db_dirs = .replctl-${run}`]
    : [];

/** What makes it a follower that nobody can write to, in force before its first start: a copy opened without it ran the leader's events (field/seen.md). */
export const settingsOf = (work: Work, state: FragmentState): readonly string[] => {
  const { dialect, nodes, serverId } = work;
  const { options } = dialect;
  const { address } = nodes.follower;
  return [
    fragmentMark(work.run, state),
    ...(state === 'held' ? [holdLine] : []),
    `server_id = ${serverId}`,
    ...dialect.readOnly.map((name) => `${name} = ON`),
    // Said in either case: an option file that has it too would keep the follower still after its next restart.
    `${options.skipStart} = ${state === 'tailing' ? 'OFF' : 'ON'}`,
    'event_scheduler = OFF',
    // In the data directory, whatever was configured: another place may hold the old server's logs, and with them its history.
    'log_bin = binlog',
    'log_bin_index = binlog.index',
    'relay_log = relay-bin',
    'relay_log_index = relay-bin.index',
    ...(dialect.flavour === 'mariadb'
      ? ['master_info_file = master.info', 'relay_log_info_file = relay-log.info']
      : []),
    `${options.logUpdates} = ON`,
    `${options.workers} = ${workers(work)}`,
    // A link that is dead is noticed in that many seconds; the servers say a minute. Heartbeats come twice as often.
    `${options.netTimeout} = 20`,
    ...gtidSettings(work),
    ...lenience(work),
    ...ignoredDirectories(work),
    ...(/^[A-Za-z0-9._-]+$/.test(address) || isIP(address) !== 0 ? [`report_host = ${address}`] : []),
    `report_port = ${work.layouts.follower.port}`,
  ];
};

/** A line of an option file: `#` and quotes in a path would mean something there. */
const path = (text: string): string => {
  if (/[\r\n"\\]/.test(text)) throw new RangeError(`${JSON.stringify(text)} cannot stand in an option file`);
  return `"${text}"`;
};

export const fragment = (work: Work, state: FragmentState): string => {
  const layout = work.layouts.follower;
  const { fleet, name: node } = work.nodes.follower;
  const values = {
    fleet,
    node,
    run: work.run,
    upstream: work.nodes.upstream.name,
    settings: settingsOf(work, state).join('\n'),
    suffix: layout.groupSuffix ?? '',
  };
  if (layout.fragmentDir !== undefined) return renderTemplate('mysql/replctl.cnf', values, ['settings']);
  const server = [
    `datadir = ${path(layout.dataDir)}`,
    `socket = ${path(layout.socket)}`,
    `port = ${layout.port}`,
    `pid_file = ${path(`${layout.stateDir}/server.pid`)}`,
    `log_error = ${path(`${layout.stateDir}/server.log`)}`,
  ];
  const include = layout.defaultsFile === undefined ? '' : `!include ${layout.defaultsFile}`;
  return renderTemplate('mysql/server.cnf', { ...values, include, server: server.join('\n') }, [
    'settings',
    'server',
    'include',
  ]);
};
