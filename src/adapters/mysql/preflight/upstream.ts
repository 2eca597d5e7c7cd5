import type { Finding } from '../../adapter.ts';
import { error, warning } from '../../finding.ts';
import { dialectOf } from '../dialect.ts';
import { errantTransactions } from '../errant.ts';
import { isOn, setting } from '../facts.ts';
import { speaksTls } from '../tls.ts';
import { keepsLongEnough, neededRetention } from '../steps/retention.ts';
import { servers } from './servers.ts';
import type { Check } from './scene.ts';

/** Can the follower reach the database ports that it will need? */
const reachable: Check = (scene) =>
  servers(scene).flatMap(([part, { node, layout, server }]): Finding[] => {
    const reach = scene.facts.follower.reach[node];
    if (part === 'leader' && node !== scene.facts.upstream.node && node !== scene.facts.source.node) return [];
    if (isOn(server, 'skip_networking') || /^(127\.|::1$|localhost$)/.test(setting(server, 'bind_address'))) {
      const local = scene.facts.follower.machineId === scene.facts[part].machineId && reach?.ok === true;
      if (!local)
        return [
          error({
            code: 'LISTENS_LOCALLY',
            node,
            message: `the server on ${node} listens on ${isOn(server, 'skip_networking') ? 'no port at all' : setting(server, 'bind_address')} only`,
            hint: `Set bind-address in its option file to an address that ${scene.facts.follower.node} reaches, and restart it: replctl restarts no leader.`,
          }),
        ];
    }
    if (reach === undefined || reach.ok) return [];
    return [
      error({
        code: 'UPSTREAM_UNREACHABLE',
        node: scene.facts.follower.node,
        message: `${scene.facts.follower.node} cannot reach ${scene.nodes[part].address}:${layout?.port ?? 3306}, where ${node} is to be: ${reach.error}`,
        hint: `Correct \`address\` or database.port of ${node} in the fleet file, or let the port through the firewall.`,
      }),
    ];
  });

const serverIds: Check = ({ facts: { leader, upstream, source } }) => {
  const all = [leader, upstream, source].filter(
    ({ node }, at, list) => list.findIndex((other) => other.node === node) === at,
  );
  const findings: Finding[] = [];
  for (const [at, one] of all.entries()) {
    const id = setting(one.server, 'server_id');
    const other = all.slice(at + 1).find(({ server }) => server && setting(server, 'server_id') === id);
    if (id === '0')
      findings.push(
        error({
          code: 'SERVER_ID_ZERO',
          node: one.node,
          message: `server_id is 0 on ${one.node}: it lets nobody follow`,
          hint: 'Give it a server_id of its own (SET GLOBAL server_id, and in the option file).',
        }),
      );
    if (other && id !== '')
      findings.push(
        error({
          code: 'SERVER_ID_TWICE',
          node: other.node,
          message: `${one.node} and ${other.node} both have server_id ${id}`,
          hint: 'Each server of a topology needs its own: change one (SET GLOBAL server_id, and in the option file).',
        }),
      );
    const uuid = setting(one.server, 'server_uuid');
    const twin = all
      .slice(at + 1)
      .find(({ server }) => uuid !== '' && server && setting(server, 'server_uuid') === uuid);
    if (twin)
      findings.push(
        error({
          code: 'SERVER_UUID_TWICE',
          node: twin.node,
          message: `${one.node} and ${twin.node} both have server_uuid ${uuid}: one data directory was copied from the other`,
          hint: `Stop ${twin.node}'s server, remove auto.cnf from its data directory, and start it again.`,
        }),
      );
  }
  return findings;
};

const errant: Check = ({ facts: { leader, upstream, source } }) =>
  [...new Set([upstream, source])].flatMap(({ node, server, layout }): Finding[] => {
    if (!server || !layout || !leader.server || node === leader.node) return [];
    const extra = errantTransactions(dialectOf(layout), server, leader.server);
    if (extra === '') return [];
    return [
      error({
        code: 'ERRANT_TRANSACTIONS',
        node,
        message: `${node} has transactions that ${leader.node} has not: ${extra.slice(0, 300)}`,
        hint: `Somebody wrote to ${node}. Take the copy from ${leader.node}, and make ${node} anew.`,
      }),
    ];
  });

const retention: Check = ({ facts: { upstream, source } }) => {
  if (!source.server || !upstream.server) return [];
  const seconds = Number(setting(upstream.server, 'binlog_expire_logs_seconds') || '0');
  const needed = neededRetention(source.server);
  if (keepsLongEnough(seconds, needed)) return [];
  return [
    warning({
      code: 'RETENTION_SHORT',
      node: upstream.node,
      message: `${upstream.node} keeps its binlogs for ${seconds} s; the copy may need them for longer`,
      hint: `replctl sets binlog_expire_logs_seconds = ${needed} for the run, and puts it back.`,
    }),
  ];
};

const keyless: Check = ({ facts: { leader } }) => {
  const tables = leader.server?.keyless ?? [];
  if (tables.length === 0) return [];
  const named = tables.slice(0, 5).map(({ schema, name }) => `${schema}.${name}`);
  return [
    warning({
      code: 'NO_PRIMARY_KEY',
      node: leader.node,
      message: `${tables.length} tables have no primary key: ${named.join(', ')}${tables.length > 5 ? ', …' : ''}`,
      hint: 'Each changed row of theirs is searched for through the whole table on the follower: give them keys.',
    }),
  ];
};

const inClear: Check = ({ facts: { upstream, follower }, nodes }) => {
  if (!upstream.server || upstream.machineId === follower.machineId) return [];
  const off = nodes.follower.database.tls === 'off';
  if (nodes.follower.database.tls !== undefined && !off && !speaksTls(upstream))
    return [
      error({
        code: 'NO_TLS',
        node: upstream.node,
        message: `database.tls of ${follower.node} asks for TLS, which ${upstream.node} has not`,
        hint: `Give ${upstream.node} a certificate, or write tls: off.`,
      }),
    ];
  if (!off && speaksTls(upstream)) return [];
  return [
    warning({
      code: 'IN_CLEAR',
      node: upstream.node,
      message: `the data goes from ${upstream.node} to ${follower.node} unencrypted${off ? ' (tls: off)' : ''}`,
      hint: `Give ${upstream.node} a certificate (ssl_cert, ssl_key)${off ? ' and take `tls: off` out of the fleet file' : ''}.`,
    }),
  ];
};

const maxLag: Check = ({ facts: { leader, upstream, follower }, want }) => {
  if (!('bytes' in want.maxLag) || upstream.node === leader.node) return [];
  return [
    error({
      code: 'LAG_UNCOMPUTABLE',
      node: follower.node,
      message: `--max-lag in bytes is counted in ${leader.node}'s binlog, whose positions a follower of ${upstream.node} does not know`,
      hint: 'Give --max-lag in seconds.',
    }),
  ];
};

/** MariaDB's binlog holds statements as they were sent: so the account's password is sent as a hash, which no plugin can judge (error 1290). */
const judgedPasswords: Check = ({ facts: { leader } }) => {
  const judges = leader.server?.passwordJudges ?? [];
  if (judges.length === 0 || !isOn(leader.server, 'strict_password_validation')) return [];
  return [
    error({
      code: 'STRICT_PASSWORDS',
      node: leader.node,
      message: `strict_password_validation is ON on ${leader.node}, with ${judges.join(' and ')}: it takes no account whose password comes as a hash`,
      hint: 'SET GLOBAL strict_password_validation = OFF there for as long as this takes; the password is a long random one.',
    }),
  ];
};

export const upstreamChecks: readonly Check[] = [
  reachable,
  serverIds,
  errant,
  retention,
  keyless,
  inClear,
  maxLag,
  judgedPasswords,
];
