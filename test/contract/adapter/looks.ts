import { expect, test } from 'vitest';
import type { Facts } from '../../../src/adapters/adapter.ts';
import { deepFrozen, throughJson, type Part } from './ground.ts';
import { want, type Story } from './scene.ts';

/** Before anything is done: facts, and what follows from them. */
export const looksTruthful = <F extends Facts>(story: () => Story<F>): void => {
  test.for<[Part, Pick<Facts, 'role' | 'running'>]>([
    ['leader', { role: 'leader', running: true }],
    ['follower', { role: 'leader', running: true }],
    ['missing', { role: 'none', running: false }],
  ])('inspect tells the truth about the %s and changes nothing', async ([part, truth]) => {
    const { ground, scene } = story();
    const facts = await scene.changesNothing(async () => scene.inspect(part));
    expect(facts).toMatchObject({ node: ground.nodes[part].name, ...truth });
    expect(throughJson(facts)).toEqual(facts);
  });

  test('inspect tells the truth about a server that is stopped, and does not start it', async () => {
    const { ground, scene } = story();
    const running = await scene.look();
    await ground.stop();
    const facts = await scene.changesNothing(async () => scene.inspect('follower'));
    expect(facts).toMatchObject({ role: 'leader', running: false });
    expect(throughJson(facts)).toEqual(facts);
    expect((await scene.look()).world).not.toEqual(running.world);
    await ground.start();
    // The suite's own eyes: a restart leaves the same world, but does not go unseen.
    const restarted = await scene.look();
    expect(restarted.world).toEqual(running.world);
    expect(restarted.footprint).not.toEqual(running.footprint);
  });

  test('inspect of a future follower changes nothing either', async () => {
    const { scene } = story();
    const { follower } = await scene.changesNothing(async () => scene.readFacts());
    expect(follower).toMatchObject({ role: 'leader', running: true });
    expect(throughJson(follower)).toEqual(follower);
  });

  test('machines are told apart', async () => {
    const { scene } = story();
    const all = await Promise.all((['leader', 'follower', 'missing'] as const).map(scene.inspect));
    expect(new Set(all.map(({ machineId }) => machineId)).size).toBe(3);
  });

  test('preflight is pure, and has nothing to say about a good pair', async () => {
    const { ground, scene } = story();
    const facts = deepFrozen(await scene.readFacts());
    const ask = () => ground.adapter.preflight(facts, scene.cast, deepFrozen(want));
    expect(ask()).toEqual([]);
    expect(ask()).toEqual([]);
    expect(ground.adapter.preflight(throughJson(facts), scene.cast, want)).toEqual([]);
  });

  test('preflight refuses a machine without a server, the same each time', async () => {
    const { ground, scene } = story();
    const { leader, upstream, source } = await scene.readFacts();
    const facts = deepFrozen({ leader, upstream, source, follower: await scene.inspect('missing') });
    const cast = { ...scene.cast, follower: ground.nodes.missing };
    const findings = ground.adapter.preflight(facts, cast, want);
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'error', node: ground.nodes.missing.name }));
    for (const { code, message, hint } of findings) {
      expect(code).toMatch(/^[A-Z][A-Z_]+$/);
      expect(message && hint).not.toBe('');
    }
    expect(ground.adapter.preflight(facts, cast, want)).toEqual(findings);
    expect(throughJson(findings)).toEqual(findings);
  });

  test('there is no follower yet', async () => {
    const { ground, scene } = story();
    const facts = deepFrozen(await scene.readFacts());
    expect(ground.adapter.followerState(facts, scene.cast)).toEqual({ state: 'absent' });
  });
};
