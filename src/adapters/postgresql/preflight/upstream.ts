import type { Finding } from '../../adapter.ts';
import { numberSetting, setting, type PostgresFacts } from '../facts.ts';
import { ownership, roleName } from '../names.ts';
import { error, warning } from '../../finding.ts';
import type { Check } from './scene.ts';

/** Servers whose `pg_hba.conf` is edited and that a replication login goes to. */
const serving = (facts: { upstream: PostgresFacts; source: PostgresFacts }): readonly PostgresFacts[] =>
  facts.upstream.node === facts.source.node ? [facts.upstream] : [facts.upstream, facts.source];

const walLevel: Check = ({ facts: { leader } }) => {
  const level = setting(leader.server, 'wal_level');
  if (level !== 'minimal') return [];
  return [
    error({
      code: 'WAL_LEVEL',
      node: leader.node,
      message: `wal_level is minimal on ${leader.node}: its log does not hold enough to follow it`,
      hint: `On ${leader.node}: ALTER SYSTEM SET wal_level = replica; then restart the server at a time that suits you (replctl does not restart a leader).`,
    }),
  ];
};

/** A copy takes two (files, log), tailing one; where the copy comes from elsewhere the upstream needs only the last. */
const walsenders: Check = ({ facts }) =>
  serving(facts).flatMap((node) => {
    if (!node.server) return [];
    const needed = node.node === facts.source.node ? 2 : 1;
    const most = numberSetting(node.server, 'max_wal_senders');
    const free = most - node.server.senders.length;
    if (free >= needed) return [];
    return [
      error({
        code: 'NO_FREE_WALSENDER',
        node: node.node,
        message: `${node.node} has ${free} free of ${most} walsenders (max_wal_senders), ${needed} are needed`,
        hint: `Raise max_wal_senders on ${node.node} (needs a restart), or end connections that pg_stat_replication shows and nobody needs.`,
      }),
    ];
  });

const slots: Check = ({ facts }) =>
  serving(facts).flatMap((node) => {
    if (!node.server) return [];
    const most = numberSetting(node.server, 'max_replication_slots');
    const free = most - node.server.slots.length;
    if (free >= 1) return [];
    const idle = node.server.slots.filter((slot) => !slot.active).map((slot) => slot.slot_name);
    return [
      error({
        code: 'NO_FREE_SLOT',
        node: node.node,
        message: `${node.node} has no free replication slot: ${node.server.slots.length} of ${most} (max_replication_slots) are taken${idle.length > 0 ? `, ${idle.join(', ')} not in use` : ''}`,
        hint: `Drop a slot that nobody needs, or raise max_replication_slots on ${node.node} (needs a restart).`,
      }),
    ];
  });

const local = new Set(['localhost', '127.0.0.1', '::1']);

const reachable: Check = ({ facts, nodes }) =>
  serving(facts).flatMap((node): Finding[] => {
    const reach = facts.follower.reach[node.node];
    if (!node.server || !reach || reach.ok) return [];
    const addresses = setting(node.server, 'listen_addresses')
      .split(',')
      .map((address) => address.trim());
    const port = node.layout?.port;
    const address = node.node === nodes.upstream.name ? nodes.upstream.address : nodes.source.address;
    if (addresses.every((listened) => listened === '' || local.has(listened))) {
      return [
        error({
          code: 'LISTENS_LOCALLY',
          node: node.node,
          message: `the server on ${node.node} listens on ${addresses.join(', ') || 'no address'} only, ${facts.follower.node} cannot reach it`,
          hint: `On ${node.node}: ALTER SYSTEM SET listen_addresses = 'localhost, ${address}'; then restart the server at a time that suits you (replctl does not restart a leader).`,
        }),
      ];
    }
    return [
      error({
        code: 'UPSTREAM_UNREACHABLE',
        node: facts.follower.node,
        message: `${facts.follower.node} cannot reach ${address}:${port} (${node.node}, listening on ${addresses.join(', ')}): ${reach.error}`,
        hint: `Correct \`address\` of ${node.node} in the fleet file, or let the port through the firewall.`,
      }),
    ];
  });

const hba: Check = ({ facts }) =>
  serving(facts).flatMap((node): Finding[] => {
    if (!node.server) return [];
    const file = setting(node.server, 'hba_file');
    const first = node.server.hbaErrors[0];
    if (first) {
      return [
        error({
          code: 'HBA_INVALID',
          node: node.node,
          message: `${file} on ${node.node} has an error in line ${first.line} (${first.error}), so the server would not load a change`,
          hint: 'Correct the line; SELECT * FROM pg_hba_file_rules WHERE error IS NOT NULL shows them all.',
        }),
      ];
    }
    if (!node.server.hbaUnloaded) return [];
    return [
      error({
        code: 'HBA_UNLOADED',
        node: node.node,
        message: `${file} on ${node.node} was edited after the server last loaded it; a reload for the new follower would put that edit in force too`,
        hint: `Look at the edit, then load it (SELECT pg_reload_conf()) or take it back, and run this again.`,
        allowable: true,
      }),
    ];
  });

const role: Check = ({ facts, nodes }) => {
  const name = roleName(nodes.follower.name);
  const mine = ownership(nodes.follower.fleet, nodes.follower.name);
  const taken = facts.leader.server?.ourRoles.find((entry) => entry.name === name && entry.comment !== mine);
  if (!taken) return [];
  return [
    error({
      code: 'ROLE_TAKEN',
      node: facts.leader.node,
      message: `the role ${name} exists on ${facts.leader.node}, but not for this fleet's ${nodes.follower.name} (its comment is ${taken.comment === null ? 'empty' : `"${taken.comment}"`})`,
      hint: `Give the node another name, or drop the role if nobody needs it; COMMENT ON ROLE "${name}" IS '${mine}' hands it to replctl.`,
    }),
  ];
};

const synchronous: Check = ({ facts: { leader } }) => {
  const names = setting(leader.server, 'synchronous_standby_names');
  if (
    !leader.server ||
    names === '' ||
    leader.server.senders.some(({ sync_state }) => sync_state === 'sync' || sync_state === 'quorum')
  )
    return [];
  return [
    warning({
      code: 'SYNCHRONOUS_STANDBY_MISSING',
      node: leader.node,
      message: `commits on ${leader.node} wait for a synchronous standby (synchronous_standby_names = '${names}') and none is connected`,
      hint: 'replctl itself does not wait (synchronous_commit = local); applications do until a standby of that name streams.',
    }),
  ];
};

const logRetention: Check = ({ facts: { upstream, leader } }) => {
  const findings: Finding[] = [];
  const keep = numberSetting(upstream.server, 'max_slot_wal_keep_size') * 1024 * 1024;
  const size = leader.server?.clusterBytes ?? 0;
  if (keep >= 0 && keep < size / 10 && setting(upstream.server, 'max_slot_wal_keep_size') !== '') {
    findings.push(
      warning({
        code: 'SLOT_KEEP_SIZE',
        node: upstream.node,
        message: `max_slot_wal_keep_size is ${setting(upstream.server, 'max_slot_wal_keep_size')} MB on ${upstream.node}: the follower's slot is lost when more log is written than that before the follower has it`,
        hint: `Raise it for the time of the copy, or use -1.`,
      }),
    );
  }
  const idle = numberSetting(upstream.server, 'idle_replication_slot_timeout');
  if (idle > 0) {
    findings.push(
      warning({
        code: 'IDLE_SLOT_TIMEOUT',
        node: upstream.node,
        message: `idle_replication_slot_timeout is set on ${upstream.node}: a follower that is down for longer loses its slot`,
        hint: 'Keep it longer than the longest outage that a follower should survive, or 0.',
      }),
    );
  }
  return findings;
};

const transport: Check = ({ facts, nodes }) =>
  serving(facts).flatMap((node): Finding[] => {
    const name = node.node;
    const wanted = nodes.follower.database.tls;
    const has = setting(node.server, 'ssl') === 'on';
    if (!node.server || (has && wanted !== 'off')) return [];
    if (wanted === 'require' || wanted === 'verify-full') {
      return [
        error({
          code: 'TLS_OFF',
          node: name,
          message: `database.tls is ${wanted} for ${nodes.follower.name}, but ssl is off on ${name}`,
          hint: `Turn ssl on at ${name}, or set database.tls of ${nodes.follower.name} to off.`,
        }),
      ];
    }
    if (node.machineId === facts.follower.machineId) return [];
    return [
      warning({
        code: 'CLEAR_TEXT',
        node: name,
        message: `the data will cross the network from ${name} to ${nodes.follower.name} in clear (${has ? 'database.tls: off' : `ssl is off on ${name}`})`,
        hint: `Turn ssl on at ${name} and let database.tls be require.`,
      }),
    ];
  });

export const upstreamChecks: readonly Check[] = [
  walLevel,
  walsenders,
  slots,
  reachable,
  hba,
  role,
  synchronous,
  logRetention,
  transport,
];
