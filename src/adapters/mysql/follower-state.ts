import type { ReadingHost } from '../../hosts/host.ts';
import type { Cast, FollowerState, Node } from '../adapter.ts';
import { dialectOf } from './dialect.ts';
import { errantTransactions } from './errant.ts';
import { isOn, type MysqlFacts } from './facts.ts';
import { isTailingFragment } from './fragment.ts';
import { lagBehind, positionOf } from './lag.ts';
import { accountName } from './names.ts';
import type { ReplicaStatus } from './replica-status.ts';

const statesOf = ({ receiver, applier, receiverError, applierError }: ReplicaStatus): string =>
  applierError || receiverError || `receiver ${receiver}, applier ${applier}`;

/** Is the wanted follower there already? Pure. */
export const followerState = (
  facts: Cast<MysqlFacts>,
  nodes: Cast<Node<ReadingHost>>,
  now = Date.now() / 1000,
): FollowerState => {
  const { follower, leader, upstream } = facts;
  const { name, fleet } = nodes.follower;
  const channels = follower.server?.replica ?? [];
  const [channel] = channels;
  if (!follower.server && follower.disk && isTailingFragment(follower.disk.fragment)) {
    const why = follower.running
      ? (follower.serverFailure ?? 'its server gives no session')
      : 'its server does not run';
    return {
      state: 'broken',
      evidence: `${name} was made a follower by replctl, but ${why}`,
      hint: 'Start it and see replctl status; or make it anew with --replace.',
    };
  }
  if (!follower.server || !follower.layout) return { state: 'absent' };
  if (channel === undefined) {
    // One that takes writes was made a leader by somebody: that is no follower of ours any more.
    if (!follower.disk || !isTailingFragment(follower.disk.fragment) || !isOn(follower.server, 'read_only'))
      return { state: 'absent' };
    return {
      state: 'broken',
      evidence: `${name} was made a follower by replctl, but follows nobody: it was taken out, or its replication was reset`,
      hint: 'Make it anew with --replace; or take it out with replctl remove-follower.',
    };
  }
  const at = `${channel.host}:${channel.port}`;
  const meant = channel.host === nodes.upstream.address && channel.port === (upstream.layout?.port ?? 3306);
  if (!meant) {
    // A channel of somebody else's cluster is their data, and a finding of its own.
    if (
      channel.user !== accountName(fleet, name) &&
      ![nodes.leader, nodes.source].some(({ address }) => address === channel.host)
    )
      return { state: 'absent' };
    return {
      state: 'wrong-upstream',
      evidence: `${name} follows ${at}, not ${upstream.node}`,
      hint: `Correct \`follows\` of ${name} in the fleet file, or make it anew from ${upstream.node} with --replace.`,
    };
  }
  const dialect = dialectOf(follower.layout);
  const errant = leader.server ? errantTransactions(dialect, follower.server, leader.server) : '';
  if (channel.receiver !== 'running' || channel.applier !== 'running' || errant !== '') {
    const why =
      errant === '' ? statesOf(channel) : `it has transactions that ${leader.node} has not: ${errant.slice(0, 200)}`;
    return {
      state: 'broken',
      evidence: `${name} is a follower of ${upstream.node}, but not well: ${why}`,
      hint: `Mend it (${dialect.showReplica} on ${name} says more); or make it anew with --replace.`,
    };
  }
  return {
    state: 'healthy',
    evidence: `${name} follows ${upstream.node}`,
    position: positionOf(follower.server),
    lag: lagBehind(dialect, leader.server, follower.server, now),
  };
};
