import { expect, test } from 'vitest';
import type { Facts } from '../../../src/adapters/adapter.ts';
import { ReplctlError } from '../../../src/errors.ts';
import { expectState } from './driver.ts';
import { deepFrozen, throughJson } from './ground.ts';
import { signal, until, want, type Story } from './scene.ts';

/** What is told of a follower: healthy, in trouble, and taken out at last. */
export const livesWithFollowers = <F extends Facts>(story: () => Story<F>): void => {
  test('the follower is healthy, pure to tell', async () => {
    const { ground, scene } = story();
    const facts = deepFrozen(await scene.readFacts());
    const state = ground.adapter.followerState(facts, scene.cast);
    expect(state).toMatchObject({ state: 'healthy', evidence: expect.stringMatching(/\S/) });
    expect(ground.adapter.followerState(throughJson(facts), scene.cast)).toEqual(state);
    expect(await scene.inspect('follower')).toMatchObject({ role: 'follower', running: true });
  });

  test('preflight has nothing against going on with it', async () => {
    const { ground, scene } = story();
    const facts = deepFrozen(await scene.readFacts());
    expect(ground.adapter.preflight(facts, scene.cast, want, true)).toEqual([]);
  });

  test('the lag of an idle pair is nothing', async () => {
    const { ground, scene } = story();
    const { leader, follower } = await scene.readFacts();
    const ask = () => ground.adapter.lag(scene.cast, { leader, follower }, signal);
    const { lag, position } = await until(ask, (found) => found.lag.bytes === 0 || found.lag.transactions === 0);
    expect(lag.seconds).toBe(0);
    expect(position).not.toEqual({});
  });

  test('survey agrees with what was done, and changes nothing', async () => {
    const { ground, scene } = story();
    const [leader, follower, missing] = await scene.changesNothing(async () => scene.survey());
    const { name } = ground.nodes.leader;
    expect(leader).toMatchObject({ name, role: 'leader', state: 'running', upstream: null, readOnly: false });
    expect(follower).toMatchObject({ role: 'follower', state: 'streaming', upstream: name, readOnly: true });
    expect(missing).toMatchObject({ role: 'unknown', upstream: null, position: null });
    expect(missing!.warnings).not.toEqual([]);
  });

  test('survey shows a node that was not reached as unreachable', async () => {
    const { ground } = story();
    const { name, address } = ground.nodes.follower;
    const failure = new ReplctlError({ code: 'HOST_UNREACHABLE', message: 'no route' });
    const [status] = await ground.adapter.survey([{ name, address, failure }], signal);
    expect(status).toMatchObject({ name, role: 'unknown', state: 'unreachable', position: null, lag: null });
  });

  test('a follower of another node than the one asked for follows the wrong upstream', async () => {
    const { ground, scene } = story();
    const facts = await scene.readFacts();
    const other = { ...facts, upstream: await scene.inspect('missing') };
    const state = ground.adapter.followerState(deepFrozen(other), { ...scene.cast, upstream: ground.nodes.missing });
    expect(state).toMatchObject({ state: 'wrong-upstream', hint: expect.stringMatching(/\S/) });
  });

  test('a follower whose upstream cannot be reached is broken, and mends', async () => {
    const { ground, scene } = story();
    await ground.part();
    const state = await until(scene.followerState, (found) => found.state !== 'healthy');
    expect(state).toMatchObject({ state: 'broken', hint: expect.stringMatching(/\S/) });
    expect((await scene.survey())[1]).toMatchObject({ role: 'follower', state: 'broken', readOnly: true });
    await ground.join();
    await until(scene.followerState, (found) => found.state === 'healthy');
  });

  test('a follower whose server is stopped is broken, and is told to be stopped', async () => {
    const { ground, scene } = story();
    await ground.stop();
    expect(await scene.followerState()).toMatchObject({ state: 'broken', hint: expect.stringMatching(/\S/) });
    expect(await scene.inspect('follower')).toMatchObject({ role: 'follower', running: false });
    expect((await scene.survey())[1]).toMatchObject({ state: 'stopped', position: null });
    await ground.start();
    await until(scene.followerState, (found) => found.state === 'healthy');
  });

  test('each step of its removal: absent where there is something to do, done once applied, the same applied twice', async () => {
    const { ground, scene } = story();
    const removal = await scene.beginRemoval();
    const { steps, driver } = removal.attempt();
    expect(steps).not.toEqual([]);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    for (const step of steps) {
      expect(throughJson(step.input), `${step.id}`).toEqual(step.input);
      expect(step.plan(), `${step.id}`).toEqual(step.plan());
      expectState(step, await driver.look(step), ground.removed.idle.includes(step.id) ? 'done' : 'absent');
      expectState(step, await driver.apply(step), 'done');
      const made = await scene.world();
      expectState(step, await driver.apply(step), 'done');
      expect(await scene.world(), `${step.id}: applied twice`).toEqual(made);
    }
    const again = removal.attempt();
    for (const step of again.steps) expectState(step, await again.driver.look(step), 'done');
    await removal.lease.release();
  });

  test('removed, it takes no more and stays closed, and the leader is as it was', async () => {
    const { ground, scene, fresh } = story();
    expect((await scene.world()).leader).toEqual(fresh.leader);
    expect(await ground.secrets()).toEqual([]);
    expect(await ground.write()).toBe('refused');
    expect((await scene.survey())[1]).toMatchObject({ ...ground.removed.survey, readOnly: true });
    expect((await scene.followerState()).state).toBe(ground.removed.state);
  });
};
