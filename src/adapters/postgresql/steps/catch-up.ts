import { ReplctlError } from '../../../errors.ts';
import { createCatchUpMeter } from '../../../workflow/rate.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { sleep } from '../../../workflow/waiting.ts';
import { describe, wait } from '../../action.ts';
import { createLagClock } from '../../lag-clock.ts';
import { lsnDistance, parseLsn } from '../lsn.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';

interface Seen {
  readonly leader: string;
  readonly replayed: string;
}

const wantText = ({ maxLag }: Work['context']['want']): string =>
  'bytes' in maxLag ? `${maxLag.bytes} bytes` : `${maxLag.seconds} s`;

const lateError = (work: Work, seen: Seen, lag: number): ReplctlError =>
  new ReplctlError({
    code: 'NOT_CAUGHT_UP',
    node: work.nodes.follower.name,
    message: `${work.nodes.follower.name} has not caught up within ${work.context.want.waitTimeout} s: it has replayed ${seen.replayed}, the leader is at ${seen.leader} (${lag} bytes behind)`,
    hint: `The follower runs and goes on catching up; replctl resume ${work.run} waits on.`,
    retryable: true,
    details: { lagBytes: lag },
  });

const divergence = (work: Work) => ({
  code: 'CATCH_UP_DIVERGES',
  node: work.nodes.follower.name,
  message: `${work.nodes.follower.name} falls further behind: ${work.nodes.leader.name} writes faster than it replays`,
  hint: 'Replay is one process: write less for a while, give the follower faster disks, or look for what holds replay up (pg_stat_activity, recovery conflicts).',
});

/** The leader's position is taken once; the follower must pass it, and then be within the wanted lag. */
export const catchUp = (work: Work): Step => {
  const { leader, follower } = work.nodes;
  const position = async (part: 'leader' | 'follower', what: string, signal: AbortSignal): Promise<string> => {
    const place = { node: work.nodes[part], layout: work.layouts[part] };
    const [row] = await ask<{ lsn: string }>(place, work.run, signal, `SELECT ${what}::text AS lsn`);
    return row!.lsn;
  };
  const see = async (signal: AbortSignal): Promise<Seen> => {
    // The follower is asked first, so that it is never told to be ahead.
    const replayed = await position('follower', 'pg_last_wal_replay_lsn()', signal);
    return { replayed, leader: await position('leader', 'pg_current_wal_lsn()', signal) };
  };
  const follow = async ({ signal, progress, warn }: StepContext) => {
    const { want } = work.context;
    const deadline = Date.now() + want.waitTimeout * 1000;
    const clock = createLagClock<string>((reached, passed) => parseLsn(reached) >= parseLsn(passed));
    const meter = createCatchUpMeter();
    const first = await see(signal);
    let diverged = false;
    for (let seen = first; ; seen = await see(signal)) {
      const lagBytes = Math.max(0, lsnDistance(seen.replayed, seen.leader));
      const lagSeconds = clock.add(seen.leader, seen.replayed);
      const { trend, rate, eta } = meter.add(lagBytes);
      progress({
        phase: 'catching up',
        lagBytes,
        lagSeconds,
        ...(rate === undefined ? {} : { rate }),
        ...(eta === undefined ? {} : { eta }),
      });
      const passed = parseLsn(seen.replayed) >= parseLsn(first.leader);
      const within = 'bytes' in want.maxLag ? lagBytes <= want.maxLag.bytes : lagSeconds <= want.maxLag.seconds;
      if (passed && within) return { target: first.leader, replayed: seen.replayed, lagBytes, lagSeconds };
      if (trend === 'diverging' && !diverged) {
        diverged = true;
        warn(divergence(work));
      }
      if (Date.now() > deadline) throw lateError(work, seen, lagBytes);
      await sleep(250, signal);
    }
  };
  // What apply saw: a lag that peaks a moment later does not undo that the follower had caught up.
  let reached: Awaited<ReturnType<typeof follow>> | undefined;
  return {
    id: 'wait.catch-up',
    title: `wait until ${follower.name} has caught up (${wantText(work.context.want)})`,
    node: follower.name,
    input: { maxLag: { ...work.context.want.maxLag } },
    plan: () => [
      describe(
        wait(
          follower,
          `until pg_last_wal_replay_lsn() has passed ${leader.name}'s position and the lag is at most ${wantText(work.context.want)}`,
        ),
      ),
    ],
    probe: async () =>
      reached
        ? {
            state: 'done',
            evidence: `${follower.name} has replayed ${reached.replayed}, past the leader's ${reached.target}`,
          }
        : { state: 'absent' },
    apply: async (context) => {
      reached = await follow(context);
      return reached;
    },
  };
};
