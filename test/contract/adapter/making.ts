import { expect, test } from 'vitest';
import type { Facts } from '../../../src/adapters/adapter.ts';
import type { Probe, Step } from '../../../src/workflow/step.ts';
import { expectState } from './driver.ts';
import { deepFrozen, throughJson, type Look } from './ground.ts';
import { stepsOf, type Attempt, type Story } from './scene.ts';

/** From the first step to the last, each proved; steps that are done already are left alone. */
const walk = async ({ steps, driver }: Attempt): Promise<void> => {
  for (const step of steps) {
    if ((await driver.probe(step)).state !== 'done') expectState(step, await driver.apply(step), 'done');
  }
};

interface Back {
  readonly attempt: Attempt;
  readonly step: Step;
  /** Of before the step. */
  readonly to: Look['world'];
  readonly world: () => Promise<Look['world']>;
}

/** What a step made is taken back, and nothing else; twice is harmless. */
const takesBack = async ({ attempt: { driver }, step, to, world }: Back): Promise<void> => {
  await driver.undo(step);
  expect(await world(), `after the undo of ${step.id}`).toEqual(to);
  await driver.undo(step);
  expect(await world(), `after a second undo of ${step.id}`).toEqual(to);
  expectState(step, await driver.look(step), 'absent');
};

/** The steps of the four phases, forwards and backwards. At the end there is a follower. */
export const makesFollowers = <F extends Facts>(story: () => Story<F>): void => {
  test('the steps are well formed, and their plan is pure', async () => {
    const { ground, scene } = story();
    story().run = await scene.begin();
    const { context } = story().run!;
    deepFrozen(context.facts);
    deepFrozen(context.want);
    const before = await scene.look();
    const { steps } = story().run!.attempt();
    const again = stepsOf(ground.adapter, { ...context, facts: throughJson(context.facts) });
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    const names = [ground.nodes.leader.name, ground.nodes.follower.name];
    for (const [index, step] of steps.entries()) {
      expect(step.id).toMatch(/^[a-z]+\.[a-z0-9-]+$/);
      expect(step.title).toMatch(/^\S[^\n]*\S$/);
      expect(names).toContain(step.node);
      expect(throughJson(step.input), `${step.id}`).toEqual(step.input);
      const plan = step.plan();
      expect(plan, `${step.id}`).not.toEqual([]);
      for (const action of plan) expect(names).toContain(action.node);
      expect(step.plan(), `${step.id}`).toEqual(plan);
      expect(again[index]?.plan(), `${step.id}`).toEqual(plan);
    }
    for (const phase of ['snapshot', 'transfer', 'configureTailing', 'waitForLag'] as const)
      expect(ground.adapter[phase](context), `${phase}`).not.toEqual([]);
    expect(await scene.look()).toEqual(before);
  });

  test('each step: absent, done once applied, the same applied twice, taken back alone, and done again', async () => {
    const { scene } = story();
    const attempt = story().run!.attempt();
    const { steps, driver } = attempt;
    for (const step of steps) {
      const world = await scene.world();
      const first: Probe = await driver.look(step);
      // A mere proof has nothing to make, so nothing to take back.
      expectState(step, first, ...(step.undo ? (['absent'] as const) : (['absent', 'done'] as const)));
      expectState(step, await driver.apply(step), 'done');
      const made = await scene.world();
      expect(first.state === 'done' ? made : world, `${step.id}: a mere proof`).toEqual(world);
      expectState(step, await driver.apply(step), 'done');
      expect(await scene.world(), `${step.id}: applied twice`).toEqual(made);
      if (!step.undo) continue;
      expect(made, `${step.id}: what there is to take back`).not.toEqual(world);
      await takesBack({ attempt, step, to: world, world: scene.world });
      expectState(step, await driver.apply(step), 'done');
      expect(await scene.world(), `${step.id}: applied again`).toEqual(made);
    }
    story().finished = attempt;
  });

  test('undone in reverse, everything is as it was, and the old server runs', async () => {
    const { ground, scene, fresh } = story();
    const { steps, driver } = story().finished!;
    const undoAll = async () => {
      for (const step of steps.toReversed()) await driver.undo(step);
    };
    await undoAll();
    expect(await scene.world()).toEqual(fresh);
    await undoAll();
    expect(await scene.world()).toEqual(fresh);
    await story().run!.lease.release();
    expect(await scene.followerState()).toEqual({ state: 'absent' });
    expect(await scene.inspect('follower')).toMatchObject({ role: 'leader', running: true });
    expect(await ground.write()).toBe('accepted');
  });

  test('begun again after that, it comes to its end', async () => {
    const { ground, scene } = story();
    story().run = await scene.begin();
    story().finished = story().run!.attempt();
    await walk(story().finished!);
    await story().run!.lease.confirm();
    expect(await ground.differences()).toEqual([]);
    expect(await ground.write()).toBe('refused');
  });

  test('a new process finds everything done, and changes nothing where it goes on', async () => {
    const { scene } = story();
    const again = story().run!.attempt();
    const before = await scene.world();
    for (const step of again.steps) {
      // Waiting leaves nothing that could be looked at.
      const found = await again.driver.look(step);
      expectState(step, found, 'done', ...(step.undo ? [] : (['absent'] as const)));
    }
    await walk(again);
    expect(await scene.world()).toEqual(before);
    await story().run!.lease.release();
  });

  test('no secret is in what steps plan, remember or tell, nor in facts', async () => {
    const { ground, scene } = story();
    const secrets = await ground.secrets();
    expect(secrets.length).toBeGreaterThan(0);
    const { steps, driver } = story().finished!;
    const told = [...steps.map((step) => JSON.stringify([step.input, step.title, step.plan()])), driver.said()];
    told.push(JSON.stringify(await scene.readFacts()), JSON.stringify(await scene.survey()));
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(15);
      expect(told.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
};
