import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AddFollowerResult, RunsResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import { describeWithEverything } from './support/extent.ts';
import { startLanes, type Lanes, type Round } from './support/lanes.ts';
import {
  after,
  createLane,
  followsWith,
  killedAt,
  leaseOf,
  makePristine,
  onStartOf,
  runOf,
  stateOf,
  stopsOf,
  whileIn,
  type Lane,
  type Moment,
} from './support/reentry.ts';
import { expectExit } from './support/replctl.ts';
import { writeFleet } from './support/stage.ts';

const steps = [
  'snapshot.admit-leader',
  'snapshot.account',
  'snapshot.login',
  'snapshot.slot',
  'transfer.copy',
  'transfer.verify',
  'transfer.log',
  'configure.standby',
  'configure.swap',
  'configure.start',
  'wait.catch-up',
  'prove.follower',
  'finish.tidy',
] as const;
const last = after('finish.tidy');

const moving = whileIn('configure.swap', 'moving directories');
const within: readonly Moment[] = [
  onStartOf('transfer.copy'),
  whileIn('configure.swap', 'stopping the old server'),
  moving,
  onStartOf('configure.start'),
];
const moments: readonly Moment[] = [...steps.map(after), ...within];
/** Once it has ended there is nothing to abandon. */
const abandonable = moments.filter(({ title }) => title !== last.title);

/** What a lane looks like before anything was done on it, and with a follower that nobody disturbed. */
interface Known {
  readonly pristine: string;
  readonly sound: string;
}

describeWithEverything('add-follower, killed', () => {
  let lab: Lab;
  let lanes: Lanes;
  let tracks: readonly Lane[];
  const known = new Map<Lane, Known>();
  const of = (lane: Lane): Known => known.get(lane)!;
  const add = ({ node }: Lane): readonly string[] => ['add-follower', node];

  const isSound = async (lane: Lane, title: string, held = 0): Promise<void> => {
    expect(await stateOf(lane)).toBe(of(lane).sound);
    // Held only where the one who died had nothing left to do, and so had those who came after.
    expect((await leaseOf(lane))?.left ?? 0).toBeLessThanOrEqual(held);
    const [there, here] = await followsWith(lane, title);
    expect(here).toBe(there);
  };

  const undisturbed = async (lane: Lane): Promise<void> => {
    const pristine = await stateOf(lane);
    const { steps: taken } = await lane.replctl.ok<AddFollowerResult>(add(lane));
    expect(taken.map(({ id }) => id)).toEqual(steps);
    known.set(lane, { pristine, sound: await stateOf(lane) });
    await isSound(lane, 'undisturbed');
    await makePristine(lane);
    expect(await stateOf(lane)).toBe(pristine);
  };

  const goesOn = (moment: Moment): Round<Lane> => ({
    title: `goes on: ${moment.title}`,
    run: async (lane) => {
      const killed = await killedAt(lane.replctl, add(lane), moment);
      const again = await lane.replctl.run(add(lane));
      expectExit(again, 0);
      // Where all was done there was nothing to go on with.
      const whole = killed.exitCode === 0 || (moment.title === last.title && again.json.run === null);
      expect(again.json.run).toBe(whole ? null : runOf(killed));
      await isSound(lane, moment.title, whole ? 60 : 0);
      await makePristine(lane);
    },
  });

  const isTakenBack = (moment: Moment): Round<Lane> => ({
    title: `taken back: ${moment.title}`,
    run: async (lane) => {
      let killed = await killedAt(lane.replctl, add(lane), moment);
      while (killed.exitCode === 0) {
        // It was at its end before the killer came.
        await makePristine(lane);
        killed = await killedAt(lane.replctl, add(lane), moment);
      }
      const abandoned = await lane.replctl.run(['abandon', '--yes']);
      expectExit(abandoned, 0);
      expect(abandoned.json.run).toBe(runOf(killed));
      expect(await stateOf(lane)).toBe(of(lane).pristine);
    },
  });

  const afterEach: Round<Lane> = {
    title: 'one run',
    run: async (lane) => {
      const runs = new Set<string>();
      for (const step of steps.slice(0, -1)) runs.add(runOf(await killedAt(lane.replctl, add(lane), after(step))));
      expectExit(await lane.replctl.run(add(lane)), 0);
      expect(runs.size).toBe(1);
      await isSound(lane, 'killed after each step');
      await makePristine(lane);
    },
  };

  const fromElsewhere: Round<Lane> = {
    title: 'from elsewhere',
    run: async (lane) => {
      const killed = await killedAt(lane.replctl, add(lane), after('configure.standby'));
      const before = await stateOf(lane);
      const refused = await lane.elsewhere.run(add(lane));
      expectExit(refused, 6);
      expect(await stateOf(lane)).toBe(before);
      expect(refused.json.ok).toBe(false);
      const error = 'error' in refused.json ? refused.json.error : undefined;
      expect(error).toMatchObject({ code: 'LEASE_HELD', retryable: true, details: { run: runOf(killed) } });
      const left = Number(error?.details?.['expiresIn']);
      expect(left).toBeGreaterThan(5);
      expect(left).toBeLessThanOrEqual(60);
      await sleep((left + 1) * 1000);
      const taken = await lane.elsewhere.run(add(lane));
      expectExit(taken, 0);
      expect(taken.json.run).toBe(runOf(killed));
      await isSound(lane, 'from elsewhere');
      // Here it is not known yet that it came to its end; a follower in use is not taken back for that.
      expectExit(await lane.replctl.run(['abandon', '--yes']), 2);
      await isSound(lane, 'not abandoned');
      const known = await lane.replctl.ok<RunsResult>(['runs']);
      expect(known.runs.filter(({ state }) => state !== 'done')).toEqual([]);
      await makePristine(lane);
    },
  };

  const ofTheDead: Round<Lane> = {
    title: 'of the dead',
    run: async (lane) => {
      const running = lane.replctl.start(add(lane));
      await running.event(after('snapshot.slot').fits);
      running.kill('SIGKILL');
      await running.ended;
      const lease = await leaseOf(lane);
      expect(lease?.pid).toBe(running.pid);
      expect(lease?.left).toBeGreaterThan(20);
      const next = lane.replctl.start(add(lane));
      await next.event((event) => event.event === 'step-skipped' && event.step === 'snapshot.slot');
      expect((await leaseOf(lane))?.pid).toBe(next.pid);
      expectExit(await next.ended, 0);
      await isSound(lane, 'lease');
      await makePristine(lane);
    },
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'reentry' });
    const [leader, ...others] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*', max_wal_senders: 20 } },
      { name: 'one' },
      { name: 'two' },
      { name: 'three' },
    ]);
    await leader.postgres.sql(`
      CREATE TABLE rounds (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, node text, text text);
      INSERT INTO rounds (node, text) SELECT 'before', md5(g::text) FROM generate_series(1, 10000) g`);
    const follows = Object.fromEntries(others.map(({ name, address }) => [name, { host: address, follows: 'leader' }]));
    const fleet = await writeFleet(lab, { nodes: { leader: { host: leader.address }, ...follows } });
    tracks = others.map((machine) => createLane(lab, fleet, leader, machine));
    await Promise.all(tracks.map(undisturbed));
    lanes = startLanes(tracks, [
      fromElsewhere,
      afterEach,
      ofTheDead,
      ...moments.map(goesOn),
      ...abandonable.map(isTakenBack),
    ]);
  });
  afterAll(async () => {
    await lanes?.over;
    await lab?.destroy();
  });

  describe('and given again, ends where an undisturbed run ends: killed', () => {
    test.for(moments.map((moment) => [moment.title, moment] as const))('%s', async ([, moment]) => {
      await expect(lanes.outcome(goesOn(moment).title)).resolves.toBeUndefined();
    });

    test('after each step, one after the other, in the same run', async () => {
      await expect(lanes.outcome(afterEach.title)).resolves.toBeUndefined();
    });
  });

  describe('and abandoned, leaves both machines as they were before: killed', () => {
    test.for(abandonable.map((moment) => [moment.title, moment] as const))('%s', async ([, moment]) => {
      await expect(lanes.outcome(isTakenBack(moment).title)).resolves.toBeUndefined();
    });
  });

  test('never has a server that is only just starting stopped process by process', async () => {
    await lanes.over;
    for (const { fast, smart } of await Promise.all(tracks.map(stopsOf))) {
      expect(fast).toBeGreaterThan(1);
      expect(smart).toBe(0);
    }
  });

  test('leaves a lease that is taken over at once on the machine that knows it dead', async () => {
    await expect(lanes.outcome(ofTheDead.title)).resolves.toBeUndefined();
  });

  test('leaves a lease that another machine has to wait for, a minute at most', async () => {
    await expect(lanes.outcome(fromElsewhere.title)).resolves.toBeUndefined();
  });
});
