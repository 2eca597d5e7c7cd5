import { afterAll, beforeAll } from 'vitest';
import type { Facts } from '../../src/adapters/adapter.ts';
import type { Ground } from './adapter/ground.ts';
import { livesWithFollowers } from './adapter/life.ts';
import { looksTruthful } from './adapter/looks.ts';
import { makesFollowers } from './adapter/making.ts';
import { createScene, type Story } from './adapter/scene.ts';

/**
 * What every engine's adapter promises, tried on real servers. The tests tell one story, from a fresh pair to a follower that is taken out again: to be
 * called in a `describe` of its own.
 */
export const adapterContract = <F extends Facts>(prepare: () => Promise<Ground<F>>): void => {
  let begun: Story<F> | undefined;
  const story = (): Story<F> => {
    if (!begun) throw new Error('the machines are not there');
    return begun;
  };
  beforeAll(async () => {
    const ground = await prepare();
    begun = { ground, scene: createScene(ground), fresh: (await ground.look()).world };
  });
  afterAll(async () => {
    await begun?.ground.close();
  });

  looksTruthful(story);
  makesFollowers(story);
  livesWithFollowers(story);
};
