import type { Finding } from '../../adapter.ts';
import { error, warning } from '../../finding.ts';
import { isOn, setting, usesGtid, type MysqlFacts } from '../facts.ts';
import { majorOf } from '../layout.ts';
import { leavesOut } from '../passed-over.ts';
import type { Check, Scene } from './scene.ts';

const names = { mysql: 'MySQL', mariadb: 'MariaDB' } as const;

/** Leader, upstream and source, each node once. */
export const servers = ({ facts }: Scene): readonly (readonly ['leader' | 'upstream' | 'source', MysqlFacts])[] =>
  (['leader', 'upstream', 'source'] as const)
    .filter((part, index, all) => all.findIndex((other) => facts[other].node === facts[part].node) === index)
    .map((part) => [part, facts[part]] as const);

/** The servers that the follower will depend on: there, and answering. */
const dependedOn: Check = (scene) =>
  servers(scene).flatMap(([part, { node, layout, server, serverFailure }]): Finding[] => {
    if (!layout)
      return [
        error({
          code: 'SERVER_NOT_FOUND',
          node,
          message: `no MySQL or MariaDB server was found on ${node}, which is to be the ${part}`,
          hint: 'Name it with database.dataDir or database.socket in the fleet file, or correct the host.',
        }),
      ];
    if (server) return [];
    return [
      error({
        code: 'SERVER_DOWN',
        node,
        message: serverFailure ?? `the server in ${layout.dataDir} on ${node} does not run`,
        hint: `Start the server on ${node}, then run this again.`,
      }),
    ];
  });

const roles: Check = ({ facts: { leader, upstream, source } }) => {
  const findings: Finding[] = [];
  const [channel] = leader.server?.replica ?? [];
  if (channel)
    findings.push(
      error({
        code: 'LEADER_FOLLOWS',
        node: leader.node,
        message: `${leader.node} is the leader in the fleet file, but its server itself follows ${channel.host}:${channel.port}`,
        hint: `Give ${leader.node} its \`follows\` in the fleet file and make the real leader the node without one.`,
      }),
    );
  for (const node of new Set([upstream, source])) {
    if (node.node === leader.node || !node.server) continue;
    const [own] = node.server.replica;
    if (!own)
      findings.push(
        error({
          code: 'NOT_A_FOLLOWER',
          node: node.node,
          message: `${node.node} should be a follower of ${leader.node}, but follows nobody`,
          hint: 'Two leaders: find out which one the applications use before anything else (replctl status).',
        }),
      );
    else if (own.applier !== 'running')
      findings.push(
        error({
          code: 'SOURCE_STOPPED',
          node: node.node,
          message: `${node.node}, on which the new follower is to depend, does not apply its upstream's log${own.applierError ? `: ${own.applierError}` : ''}`,
          hint: `Mend it first, or take the copy from the leader: --copy-from ${leader.node} --upstream ${leader.node}.`,
        }),
      );
  }
  return findings;
};

const installation: Check = ({ facts: { leader, follower } }) => {
  const { node, layout, machine } = follower;
  const flavour = leader.layout?.flavour;
  const package_ = flavour === 'mariadb' ? 'mariadb-server' : 'mysql-server';
  if (machine.installed === undefined)
    return [
      error({
        code: 'SERVER_NOT_INSTALLED',
        node,
        message: `no MySQL or MariaDB server is installed on ${node}`,
        hint: `Install the leader's: apt-get install ${package_}.`,
      }),
    ];
  if (!layout)
    return [
      error({
        code: 'SERVER_NOT_FOUND',
        node,
        message: `${machine.installed} is installed on ${node}, but there is no unit for it and no data directory is named`,
        hint: `Name the directory with database.dataDir of ${node} in the fleet file.`,
      }),
    ];
  if (flavour && layout.flavour !== flavour)
    return [
      error({
        code: 'ENGINE_DIFFERS',
        node,
        message: `${node} has ${names[layout.flavour]} ${layout.version}, the leader ${leader.node} ${names[flavour]} ${leader.layout?.version}`,
        hint: `Install ${package_} on ${node}.`,
      }),
    ];
  return [];
};

/** A follower may be newer than its leader, by one series at a time; never older. */
const versions: Check = ({ facts: { leader, follower } }) => {
  if (!leader.layout || !follower.layout || leader.layout.flavour !== follower.layout.flavour) return [];
  const [theirs, ours] = [majorOf(leader.layout), majorOf(follower.layout)];
  const differs = theirs[0] - ours[0] || theirs[1] - ours[1];
  if (differs <= 0) return [];
  return [
    error({
      code: 'VERSION_OLDER',
      node: follower.node,
      message: `${follower.node} has version ${follower.layout.version}, the leader ${leader.node} ${leader.layout.version}: an older server cannot follow a newer one`,
      hint: `Install version ${theirs[0]}.${theirs[1]} on ${follower.node}.`,
    }),
  ];
};

const binlog: Check = (scene) =>
  servers(scene).flatMap(([part, { node, server }]): Finding[] => {
    if (!server || part === 'source') return [];
    if (!isOn(server, 'log_bin'))
      return [
        error({
          code: 'NO_BINLOG',
          node,
          message: `${node} writes no binlog (log_bin is off): there is nothing that a follower could tail`,
          hint: `Set log_bin = binlog and a server_id of its own in ${node}'s option file, and restart it: replctl restarts no leader.`,
        }),
      ];
    const logsUpdates = server.settings.log_replica_updates ?? server.settings.log_slave_updates ?? 'ON';
    if (part === 'upstream' && server.replica.length > 0 && logsUpdates === 'OFF')
      return [
        error({
          code: 'NO_LOG_UPDATES',
          node,
          message: `${node} does not write to its own binlog what it takes from its upstream: nobody can follow it`,
          hint: `Set log_replica_updates = ON (log_slave_updates) on ${node} and restart it, or choose another --upstream.`,
        }),
      ];
    if (setting(server, 'binlog_format') === 'STATEMENT')
      return [
        warning({
          code: 'BINLOG_STATEMENT',
          node,
          message: `binlog_format is STATEMENT on ${node}: statements that are not deterministic make rows differ`,
          hint: 'SET GLOBAL binlog_format = ROW, and in the option file.',
        }),
      ];
    return [];
  });

const gtids: Check = ({ facts: { leader, upstream, source } }) => {
  const mode = leader.server?.settings.gtid_mode;
  if (!leader.server || mode === undefined) return [];
  if (mode !== 'ON' && mode !== 'OFF')
    return [
      error({
        code: 'GTID_MODE_BETWEEN',
        node: leader.node,
        message: `gtid_mode is ${mode} on ${leader.node}: it is on its way from one mode to the other`,
        hint: 'Bring it to ON (or back to OFF) first.',
      }),
    ];
  const others = [upstream, source].filter(({ node, server }) => node !== leader.node && server);
  if (usesGtid(leader.server)) return [];
  return others.slice(0, 1).map((other) =>
    error({
      code: 'GTID_NEEDED',
      node: other.node,
      message: `without GTIDs (gtid_mode is OFF on ${leader.node}) positions of ${other.node} say nothing of ${leader.node}'s binlog`,
      hint: `Take the copy from the leader and follow it: --copy-from ${leader.node} --upstream ${leader.node}; or turn GTIDs on.`,
    }),
  );
};

const filters: Check = (scene) =>
  servers(scene).flatMap(([, { node, server }]): Finding[] => {
    // What a server that follows nobody would leave out is of no account.
    const set = server && server.replica.length > 0 ? leavesOut(server) : [];
    if (set.length === 0) return [];
    return [
      error({
        code: 'REPLICATION_FILTERS',
        node,
        message: `${node} leaves out part of its upstream's log (${set.join(', ')}): a follower of it would not be the leader's copy`,
        hint: 'Choose another --copy-from and --upstream.',
        allowable: true,
      }),
    ];
  });

/** What never reaches a binlog no follower can be given. */
const binlogFilters: Check = (scene) =>
  servers(scene).flatMap(([part, { node, server }]): Finding[] => {
    const set = server?.binlogFilters ?? [];
    if (part === 'source' || set.length === 0) return [];
    return [
      error({
        code: 'BINLOG_FILTERS',
        node,
        message: `${node} leaves databases out of its binlog (${set.join(', ')}): its followers go apart from it without a word`,
        hint: `Take the lines out of ${node}'s option file and restart it; what they leave out may also be filtered by each follower.`,
        allowable: true,
      }),
    ];
  });

/** Transactions that a follower has and its leader has not would come along, or would be missing in what the new follower gets. */
export const serverChecks: readonly Check[] = [
  dependedOn,
  roles,
  installation,
  versions,
  binlog,
  gtids,
  filters,
  binlogFilters,
];
