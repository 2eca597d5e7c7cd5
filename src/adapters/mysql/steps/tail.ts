import { ReplctlError } from '../../../errors.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, sql, wait } from '../../action.ts';
import { askServer } from '../ask-server.ts';
import type { ReplicaStatus } from '../replica-status.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';
import { isOurs } from './position.ts';

/** Milliseconds that the receiver gets to connect; it tries every 5 s. */
const connectTimeout = 60_000;

const errorOf = ({ receiverError, applierError }: ReplicaStatus): string | undefined =>
  applierError || receiverError || undefined;

/** Errors that no waiting mends: the log is gone, or a row is not what the leader's was. */
const isFinal = (channel: ReplicaStatus): boolean =>
  channel.applierError !== '' || (channel.receiver === 'stopped' && channel.receiverError !== '');

export const isTailing = (channel: ReplicaStatus): boolean =>
  channel.receiver === 'running' && channel.applier === 'running';

export const channelOf = async (work: Work, signal: AbortSignal): Promise<ReplicaStatus | undefined> => {
  const { replica } = await askServer(work.nodes.follower, work.layouts.follower, signal);
  return replica.find((channel) => isOurs(work, channel));
};

const failure = (work: Work, what: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: work.nodes.follower.name,
    message: `${work.nodes.follower.name} does not follow ${work.nodes.upstream.name}: ${what}`,
    hint: /^1236\b/.test(what)
      ? `The log that it needs is gone from ${work.nodes.upstream.name}: replctl abandon ${work.run}, keep the binlogs longer there, then add the follower again.`
      : 'Mend what it says, then resume; the copy is in place and stays closed to writes.',
  });

/** Begins to tail, and waits until both threads run. */
export const tail = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  return {
    id: 'configure.tail',
    title: `let ${follower.name} follow ${upstream.name}`,
    node: follower.name,
    input: { upstream: upstream.name },
    plan: () => [
      describe(sql(follower, work.dialect.startReplica)),
      describe(wait(follower, 'until the receiver and the applier run')),
    ],
    probe: async ({ signal }) => {
      const channel = await channelOf(work, signal);
      if (!channel) return { state: 'absent' };
      if (isTailing(channel))
        return { state: 'done', evidence: `${follower.name} receives and applies ${upstream.name}'s log` };
      const untouched =
        channel.receiver === 'stopped' && channel.applier === 'stopped' && errorOf(channel) === undefined;
      return untouched
        ? { state: 'absent' }
        : { state: 'partial', evidence: `receiver ${channel.receiver}, applier ${channel.applier}` };
    },
    intent: async () => null,
    apply: async ({ signal, progress }) => {
      await ask(placeOn(work, 'follower'), signal, work.dialect.startReplica);
      let last: string | undefined;
      const late = () => failure(work, last ?? 'its receiver did not connect in time');
      await poll(
        { first: 100, every: 500, timeout: connectTimeout, signal, what: `the connection to ${upstream.name}`, late },
        async () => {
          const channel = await channelOf(work, signal);
          if (!channel) throw failure(work, 'its channel is gone');
          last = errorOf(channel);
          if (isFinal(channel)) throw failure(work, last ?? '');
          progress({ phase: `receiver ${channel.receiver}` });
          return isTailing(channel) || undefined;
        },
      );
    },
  };
};
