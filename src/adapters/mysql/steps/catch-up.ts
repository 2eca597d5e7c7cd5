import { ReplctlError } from '../../../errors.ts';
import { createCatchUpMeter } from '../../../workflow/rate.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { sleep } from '../../../workflow/waiting.ts';
import { describe, wait } from '../../action.ts';
import { createLagClock } from '../../lag-clock.ts';
import { askServer } from '../ask-server.ts';
import { usesGtid, type ServerFacts } from '../facts.ts';
import { bytesBehind, hasApplied, isBehind, transactionsBehind } from '../lag.ts';
import { isAlive } from '../server-control.ts';
import type { Work } from '../work.ts';
import { beginHurry, endHurry, readDurability } from './hurry.ts';
import { channelOf } from './tail.ts';

const wantText = ({ maxLag }: Work['context']['want']): string =>
  'bytes' in maxLag ? `${maxLag.bytes} bytes` : `${maxLag.seconds} s`;

interface Seen {
  readonly leader: ServerFacts;
  readonly follower: ServerFacts;
}

/** The follower is asked first, so that it is never told to be ahead. */
const see = async (work: Work, signal: AbortSignal): Promise<Seen> => {
  const follower = await askServer(work.nodes.follower, work.layouts.follower, signal);
  return { follower, leader: await askServer(work.nodes.leader, work.layouts.leader, signal) };
};

const where = (server: ServerFacts): string =>
  server.history || (server.position ? `${server.position.file}:${server.position.position}` : 'no position');

const lateError = (work: Work, { leader, follower }: Seen, behind: string): ReplctlError =>
  new ReplctlError({
    code: 'NOT_CAUGHT_UP',
    node: work.nodes.follower.name,
    message: `${work.nodes.follower.name} has not caught up within ${work.context.want.waitTimeout} s: it is ${behind} behind ${work.nodes.leader.name}`,
    hint: `The follower runs and goes on catching up; replctl resume ${work.run} waits on.`,
    retryable: true,
    details: { follower: where(follower).slice(0, 500), leader: where(leader).slice(0, 500) },
  });

const divergence = (work: Work) => ({
  code: 'CATCH_UP_DIVERGES',
  node: work.nodes.follower.name,
  message: `${work.nodes.follower.name} falls further behind: ${work.nodes.leader.name} writes faster than it applies`,
  hint: 'Write less for a while, give the follower more parallel workers or faster disks, or look for tables without a primary key.',
});

/** The applier has stopped with an error: no waiting mends that. */
const requireRunning = async (work: Work, signal: AbortSignal): Promise<void> => {
  const channel = await channelOf(work, signal);
  if (channel !== undefined && channel.applierError === '' && channel.applier === 'running') return;
  throw new ReplctlError({
    code: 'FAILED',
    node: work.nodes.follower.name,
    message: `${work.nodes.follower.name} has stopped applying: ${channel?.applierError || 'nobody knows why'}`,
    hint: 'Mend what it says and start the replica, then resume; or abandon and add the follower again.',
  });
};

/** The leader's position is taken once; the follower must pass it, and then be within the wanted lag. Never judged by Seconds_Behind. */
export const catchUp = (work: Work): Step => {
  const { leader, follower } = work.nodes;
  const fast = work.context.want.fastCatchUp === true;
  const follow = async ({ signal, progress, warn }: StepContext) => {
    const { want } = work.context;
    const deadline = Date.now() + want.waitTimeout * 1000;
    const clock = createLagClock<ServerFacts>((reached, passed) => hasApplied(work.dialect, reached, passed));
    const meter = createCatchUpMeter();
    const first = await see(work, signal);
    let diverged = false;
    for (let seen = first; ; seen = await see(work, signal)) {
      const transactions = transactionsBehind(work.dialect, seen.leader, seen.follower);
      const bytes = bytesBehind(work.dialect, seen.leader, seen.follower);
      const lagSeconds = clock.add(seen.leader, seen.follower);
      const { trend, eta } = meter.add(transactions ?? bytes ?? lagSeconds);
      progress({
        phase: transactions === null ? 'catching up' : `catching up, ${transactions} transactions to go`,
        lagSeconds,
        ...(bytes === null ? {} : { lagBytes: bytes }),
        ...(eta === undefined ? {} : { eta }),
      });
      const passed = hasApplied(work.dialect, seen.follower, first.leader);
      const within =
        'bytes' in want.maxLag ? bytes !== null && bytes <= want.maxLag.bytes : lagSeconds <= want.maxLag.seconds;
      if (passed && within)
        return { transactions, lagBytes: bytes, lagSeconds, position: where(seen.follower).slice(0, 2000) };
      if (trend === 'diverging' && !diverged) {
        diverged = true;
        warn(divergence(work));
      }
      await requireRunning(work, signal);
      if (Date.now() > deadline)
        throw lateError(work, seen, transactions === null ? `${bytes ?? '?'} bytes` : `${transactions} transactions`);
      await sleep(isBehind(transactions, bytes) ? 500 : 100, signal);
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
          `until it has applied all that ${leader.name} had when asked (${usesGtid(work.context.facts.leader.server) ? 'by GTID' : 'by file and position'}), and the lag is at most ${wantText(work.context.want)}`,
        ),
      ),
    ],
    probe: async () =>
      reached
        ? {
            state: 'done',
            evidence: `${follower.name} has applied all that ${leader.name} had (${reached.position.slice(0, 200)})`,
          }
        : { state: 'absent' },
    // Read while nothing is hurried yet: a run that goes on has it from its journal.
    intent: async ({ signal }) => (fast ? { ...(await readDurability(work, signal)) } : null),
    apply: async (context) => {
      if (fast) await beginHurry(work, context.signal);
      reached = await follow(context);
      if (fast) await endHurry(work, context.intent, context.signal);
      return reached;
    },
    ...(fast
      ? {
          undo: async ({ intent, signal }) => {
            if (fast && (await isAlive(follower, work.layouts.follower, signal))) await endHurry(work, intent, signal);
          },
        }
      : {}),
  };
};
