import { describe, expect, test } from 'vitest';
import type { Step } from '../../../src/workflow/step.ts';
import { type World, setting } from './fake-steps.ts';
import { surviveEveryKill } from './reentry.ts';

const make = (build: (world: World) => readonly Step[]) => () => {
  const world: World = new Map([['wal_keep', 100]]);
  return { steps: () => build(world), look: () => Object.fromEntries(world) };
};

const three = (world: World) => [
  setting(world, 'snapshot.role', 'replctl_db2'),
  setting(world, 'wal_keep', 5000),
  // Two halves: a kill in between leaves the first.
  setting(world, 'transfer.copy', 'whole', {
    probe: async () => {
      const now = world.get('transfer.copy');
      if (now === 'whole') return { state: 'done', evidence: 'whole', output: { bytes: 2 } };
      return now === undefined ? { state: 'absent' } : { state: 'partial', evidence: 'half is there' };
    },
    apply: async (context) => {
      if (context.output('snapshot.role') === undefined) throw new Error('the role step left no output');
      world.set('transfer.copy', 'half');
      context.progress({ bytes: 1, total: 2 });
      world.set('transfer.copy', 'whole');
      return { bytes: 2 };
    },
  }),
];

describe('a run that is killed', () => {
  test('ends, resumed, where an undisturbed run ends, whenever it was killed', async () => {
    const moments = await surviveEveryKill({ make: make(three) });
    expect(moments.length).toBeGreaterThan(50);
  });

  test('leaves nothing behind once it is abandoned, prior settings included', async () => {
    const moments = await surviveEveryKill({ make: make(three), afterwards: 'abandon' });
    expect(moments.length).toBeGreaterThan(50);
  });

  test('is found out where a step does not survive it', async () => {
    const forgetful = (world: World) => [
      setting(world, 'count', 1, {
        probe: async () =>
          world.get('ready') === true
            ? { state: 'done', evidence: 'ready' }
            : { state: 'absent', evidence: 'not ready' },
        apply: async (context) => {
          world.set('count', Number(world.get('count') ?? 0) + 1);
          context.progress({});
          world.set('ready', true);
        },
      }),
    ];
    await expect(surviveEveryKill({ make: make(forgetful) })).rejects.toThrow(/Killed while applying count/);
  });
});
