import type { Warning } from '../../workflow/step.ts';
import type { NodeStatus, Reached } from '../adapter.ts';
import { dialectOf } from './dialect.ts';
import { isOn } from './facts.ts';
import { lagBehind, positionOf } from './lag.ts';
import { observe, type Observation } from './observe.ts';
import { followerWarnings, nodeWarnings } from './survey-warnings.ts';

/** A follower that is at most so many seconds behind streams; one that is further behind is catching up. */
const streamingWithin = 10;

const follows = ({ server }: Observation): boolean => (server?.replica.length ?? 0) > 0;

/** By the address and port that the follower is told. */
const upstreamOf = (
  node: Observation,
  all: readonly Observation[],
): { readonly name: string; readonly observation?: Observation } | undefined => {
  const [channel] = node.server?.replica ?? [];
  if (!channel) return undefined;
  const found = all.find(
    (other) =>
      other !== node && other.address === channel.host && (other.layout?.port ?? channel.port) === channel.port,
  );
  return found ? { name: found.name, observation: found } : { name: `${channel.host}:${channel.port}` };
};

/** Up the chain to the one that follows nobody; undefined where that is none of the fleet's, or they follow each other in a ring. */
const leaderOf = (node: Observation, all: readonly Observation[]): Observation | undefined => {
  let at: Observation | undefined = node;
  for (let hops = 0; at !== undefined && hops <= all.length; hops++) {
    if (!follows(at)) return at;
    at = upstreamOf(at, all)?.observation;
  }
  return undefined;
};

const roleOf = (node: Observation, all: readonly Observation[]): NodeStatus['role'] => {
  if (!node.server) return 'unknown';
  if (follows(node)) return 'follower';
  const isFollowed = all.some((other) => other !== node && upstreamOf(other, all)?.observation === node);
  return isFollowed || node.server.readers.length > 0 ? 'leader' : 'standalone';
};

const stateOf = (node: Observation, lagSeconds: number | null): NodeStatus['state'] => {
  if (!node.reached) return 'unreachable';
  if (!node.server) return node.failure?.code === 'SERVER_DOWN' ? 'stopped' : 'broken';
  const [channel] = node.server.replica;
  if (!channel) return 'running';
  if (channel.receiver !== 'running' || channel.applier !== 'running') return 'broken';
  return lagSeconds !== null && lagSeconds > streamingWithin ? 'catching-up' : 'streaming';
};

/** Two servers that nobody leads, of which each has followers: rows differ from here on. */
const twoLeaders = (node: Observation, all: readonly Observation[]): readonly Warning[] => {
  const leaders = all.filter((other) => roleOf(other, all) === 'leader' && !isOn(other.server, 'read_only'));
  if (leaders.length < 2 || !leaders.includes(node)) return [];
  return [
    {
      code: 'TWO_LEADERS',
      node: node.name,
      message: `${leaders.map(({ name }) => name).join(' and ')} both accept writes as leaders`,
      hint: 'Stop the applications of all but one now; their rows differ from here on.',
    },
  ];
};

const statusOf = (node: Observation, all: readonly Observation[], now: number): NodeStatus => {
  const { server, layout } = node;
  const upstream = upstreamOf(node, all);
  const leader = leaderOf(node, all);
  const lag = server && layout && follows(node) ? lagBehind(dialectOf(layout), leader?.server, server, now) : null;
  return {
    name: node.name,
    role: roleOf(node, all),
    state: stateOf(node, lag?.seconds ?? null),
    upstream: upstream?.name ?? null,
    position: server ? positionOf(server) : null,
    lag,
    // Neither engine has slots: the upstream keeps its binlogs for as long as it is told.
    slot: null,
    readOnly: server ? isOn(server, 'read_only') : null,
    version: server?.version.split('-')[0] ?? layout?.version ?? null,
    warnings: [
      ...nodeWarnings(node),
      ...followerWarnings(node, upstream?.observation, leader),
      ...twoLeaders(node, all),
    ],
  };
};

/** The fleet as it is, asked of all nodes at once. */
export const survey = async (nodes: readonly Reached[], signal: AbortSignal): Promise<readonly NodeStatus[]> => {
  const observations = await Promise.all(nodes.map((node) => observe(node, signal)));
  return observations.map((node) => statusOf(node, observations, Date.now() / 1000));
};
