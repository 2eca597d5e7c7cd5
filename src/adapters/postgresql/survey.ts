import type { Warning } from '../../workflow/step.ts';
import type { NodeStatus, Reached } from '../adapter.ts';
import { setting, timelineOf, type SlotRow } from './facts.ts';
import { configuredUpstream, lagBehind, positionOf } from './follower-state.ts';
import { observe, type Observation } from './observe.ts';
import { slotPrefix } from './names.ts';
import { leaderWarnings, nodeWarnings, slotWarnings } from './survey-warnings.ts';

/** Replay this far behind is still "streaming": less than one segment. */
const streamingWithin = 16 * 1024 * 1024;

const isLeader = (observation: Observation): boolean => observation.server?.inRecovery === false;

/** Who feeds the node: told by the upstream (its slot is in use there), else by where the node is told to look. */
const upstreamOf = (
  node: Observation,
  all: readonly Observation[],
): { name: string; observation?: Observation } | undefined => {
  const { server } = node;
  if (!server?.inRecovery) return undefined;
  const slot = setting(server, 'primary_slot_name');
  const at = configuredUpstream(server);
  const others = all.filter((other) => other !== node && other.server?.systemIdentifier === server.systemIdentifier);
  const bySlot = slot === '' ? [] : others.filter((other) => other.server?.slots.some((row) => row.slot_name === slot));
  const byAddress = at
    ? all.filter((other) => other !== node && other.address === at.host && (other.layout?.port ?? at.port) === at.port)
    : [];
  // Of several nodes at one address (one machine), the one that holds the slot.
  const found = bySlot.length === 1 ? bySlot[0] : (byAddress.find((other) => bySlot.includes(other)) ?? byAddress[0]);
  if (found) return { name: found.name, observation: found };
  return at ? { name: `${at.host}:${at.port}` } : undefined;
};

const slotOf = (node: Observation, upstream: Observation | undefined): NodeStatus['slot'] => {
  const name = node.server ? setting(node.server, 'primary_slot_name') : '';
  const own = upstream?.server?.slots ?? [];
  const row: SlotRow | undefined =
    name === ''
      ? own.find((slot) => slot.slot_name.startsWith(slotPrefix(node.name)))
      : own.find((slot) => slot.slot_name === name);
  if (row)
    return {
      name: row.slot_name,
      state: row.wal_status === 'lost' ? 'lost' : row.active ? 'active' : 'inactive',
      retainedBytes: row.retained,
    };
  return name !== '' && upstream?.server ? { name, state: 'missing', retainedBytes: null } : null;
};

const stateOf = (node: Observation, lagBytes: number | null): NodeStatus['state'] => {
  if (!node.reached) return 'unreachable';
  if (!node.server) return node.failure?.code === 'SERVER_DOWN' ? 'stopped' : 'broken';
  if (!node.server.inRecovery) return 'running';
  if (node.server.receiver?.status !== 'streaming') return 'broken';
  return lagBytes !== null && lagBytes > streamingWithin ? 'catching-up' : 'streaming';
};

const roleOf = (node: Observation, all: readonly Observation[]): NodeStatus['role'] => {
  const { server } = node;
  if (!server) return 'unknown';
  if (server.inRecovery) return 'follower';
  const clusters = all.filter((other) => other !== node && other.server);
  const related = clusters.some((other) => other.server!.systemIdentifier === server.systemIdentifier);
  return related || clusters.length === 0 ? 'leader' : 'standalone';
};

/** The leader that lag is counted from: the one of the node's own cluster. */
const leaderFor = (node: Observation, all: readonly Observation[]): Observation | undefined =>
  all.find((other) => isLeader(other) && other.server?.systemIdentifier === node.server?.systemIdentifier);

const statusOf = (node: Observation, all: readonly Observation[]): NodeStatus => {
  const { server } = node;
  const upstream = upstreamOf(node, all);
  const leader = leaderFor(node, all);
  const lag = server?.inRecovery ? lagBehind(leader?.server, server) : null;
  const slot = server?.inRecovery ? slotOf(node, upstream?.observation) : null;
  const role = roleOf(node, all);
  const warnings: readonly Warning[] = [
    ...nodeWarnings(node),
    ...(role === 'follower' ? slotWarnings(node, slot, upstream?.name) : []),
    ...(role === 'leader' ? leaderWarnings(node, all) : []),
  ];
  return {
    name: node.name,
    role,
    state: stateOf(node, lag?.bytes ?? null),
    upstream: upstream?.name ?? null,
    position: server ? positionOf(server) : null,
    lag,
    slot,
    readOnly: server ? server.inRecovery : null,
    version: server?.version.split(' ')[0] ?? node.disk?.dataVersion ?? null,
    warnings: [...warnings, ...forkWarning(node, leader)],
  };
};

/** A follower whose history has left the leader's: it will never take its log again. */
const forkWarning = (node: Observation, leader: Observation | undefined): readonly Warning[] => {
  if (!node.server?.inRecovery || !leader?.server) return [];
  const [own, theirs] = [timelineOf(node.server), timelineOf(leader.server)];
  if (own === theirs) return [];
  if (own < theirs && node.server.receiver?.status === 'streaming') return [];
  return [
    {
      code: 'TIMELINE_FORK',
      node: node.name,
      message: `${node.name} is on timeline ${own}, the leader ${leader.name} on ${theirs}`,
      hint: `Where ${node.name} got no log before the switch it cannot follow: make it anew with replctl add-follower ${node.name} --replace.`,
    },
  ];
};

/** The fleet as it is, asked of all nodes at once. */
export const survey = async (nodes: readonly Reached[], signal: AbortSignal): Promise<readonly NodeStatus[]> => {
  const observations = await Promise.all(nodes.map((node) => observe(node, signal)));
  return observations.map((node) => statusOf(node, observations));
};
