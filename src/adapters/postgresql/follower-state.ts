import type { ReadingHost } from '../../hosts/host.ts';
import type { Cast, FollowerState, Lag, Node, Position } from '../adapter.ts';
import { setting, timelineOf, type PostgresFacts, type ServerFacts } from './facts.ts';
import { parseConninfo } from './conninfo.ts';
import { lsnDistance } from './lsn.ts';
import { slotPrefix } from './names.ts';

/** Behind the leader, by the positions of both; seconds are 0 where all is replayed, else the age of the commit that was replayed last. */
export const lagBehind = (leader: ServerFacts | undefined, follower: ServerFacts): Lag => {
  if (!leader?.lsn || !follower.replayLsn) return { bytes: null, seconds: null, transactions: null };
  const bytes = Math.max(0, lsnDistance(follower.replayLsn, leader.lsn));
  const seconds =
    bytes === 0 ? 0 : follower.lastReplay === null ? null : Math.max(0, Math.round(follower.lastReplay * 1000) / 1000);
  return { bytes, seconds, transactions: null };
};

export const positionOf = (server: ServerFacts): Position => {
  const lsn = server.lsn ?? server.replayLsn;
  return { ...(lsn === null ? {} : { lsn }), timeline: timelineOf(server) };
};

/** Where the follower is told to find its upstream; hosts as the configuration names them. */
export const configuredUpstream = (server: ServerFacts): { host: string; port: number } | undefined => {
  const info = parseConninfo(setting(server, 'primary_conninfo'));
  const host = server.receiver?.sender_host ?? info['host'] ?? info['hostaddr'];
  return host ? { host, port: server.receiver?.sender_port ?? Number(info['port'] ?? 5432) } : undefined;
};

/** Does the upstream itself say that this follower is attached to it? */
export const isAttached = (upstream: PostgresFacts, follower: { name: string; server: ServerFacts }): boolean => {
  const slot = setting(follower.server, 'primary_slot_name');
  const senders = upstream.server?.senders ?? [];
  const slots = upstream.server?.slots ?? [];
  if (slot !== '' && slots.some((row) => row.slot_name === slot && row.active)) return true;
  return slot === '' && senders.some((row) => row.application_name === follower.name && row.state === 'streaming');
};

/** A follower that was made by hand may have no slot, and any application name: its receiver says whom it is connected to. */
const isToldTo = ({ upstream, follower }: Cast<PostgresFacts>, nodes: Cast<Node<ReadingHost>>): boolean => {
  const { server } = follower;
  if (!server || setting(server, 'primary_slot_name') !== '') return false;
  const at = configuredUpstream(server);
  return at?.host === nodes.upstream.address && at.port === (upstream.layout?.port ?? at.port);
};

/** Is the wanted follower there already? Told from both sides. Pure. */
export const followerState = (facts: Cast<PostgresFacts>, nodes: Cast<Node<ReadingHost>>): FollowerState => {
  const { follower, leader, upstream } = facts;
  const name = nodes.follower.name;
  const system = leader.server?.systemIdentifier;
  if (follower.server?.inRecovery !== true) {
    const ours =
      follower.disk?.control?.systemIdentifier === system && follower.disk?.signals.includes('standby.signal') === true;
    if (!ours || system === undefined) return { state: 'absent' };
    const why = follower.running
      ? (follower.serverFailure ?? 'its server gives no session')
      : 'its server does not run';
    return {
      state: 'broken',
      evidence: `${name} is a follower of this cluster, but ${why}`,
      hint: `Start it and see replctl status; or make it anew with --replace.`,
    };
  }
  if (follower.server.systemIdentifier !== system) return { state: 'absent' };
  const { server } = follower;
  const attached = isAttached(upstream, { name, server }) || isToldTo(facts, nodes);
  if (attached && server.receiver?.status === 'streaming') {
    return {
      state: 'healthy',
      evidence: `${name} streams from ${upstream.node}`,
      position: positionOf(server),
      lag: lagBehind(leader.server, server),
    };
  }
  const at = configuredUpstream(server);
  if (server.receiver?.status === 'streaming') {
    // Both were asked at about the same time: while it connects anew the upstream may not have known of it yet.
    const ours = upstream.server?.slots.some((row) => row.slot_name === setting(server, 'primary_slot_name'));
    if (ours && at?.host === nodes.upstream.address && at.port === (upstream.layout?.port ?? at.port)) {
      return {
        state: 'broken',
        evidence: `${name} streams from ${upstream.node}, which did not know of it when it was asked`,
        hint: 'It may just have connected: give the command again; see replctl status.',
      };
    }
    return {
      state: 'wrong-upstream',
      evidence: `${name} streams from ${at ? `${at.host}:${at.port}` : 'another server'}, not from ${upstream.node}`,
      hint: `Correct \`follows\` of ${name} in the fleet file, or make it anew from ${upstream.node} with --replace.`,
    };
  }
  const slot = setting(server, 'primary_slot_name');
  const row = upstream.server?.slots.find((candidate) => candidate.slot_name === slot);
  const lost =
    slot.startsWith(slotPrefix(name)) && upstream.server !== undefined && (!row || row.wal_status === 'lost');
  return {
    state: 'broken',
    evidence: `${name} is a follower of this cluster, but gets no log${at ? ` from ${at.host}:${at.port}` : ' (it has no upstream)'}${lost ? `: its slot ${slot} ${row ? 'has lost its log' : `is not on ${upstream.node}`}` : ''}`,
    hint: lost
      ? 'The log that it needs is gone: make it anew with --replace.'
      : `See the server's log on ${name}, mend it; or make it anew with --replace.`,
  };
};
