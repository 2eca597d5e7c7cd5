import { describe, expect, test } from 'vitest';
import { slotName } from '../../../src/adapters/postgresql/names.ts';
import type { Observation } from '../../../src/adapters/postgresql/observe.ts';
import { leaderWarnings } from '../../../src/adapters/postgresql/survey-warnings.ts';
import { postgresFacts, standby } from './facts.ts';
import { slot } from './provocations/rows.ts';

const system = '7000000000000000001';
const ofDb2 = slotName('db2', 'r-0123456789');

const observed = (name: string, unlike: Parameters<typeof postgresFacts>[2]): Observation => {
  const { server } = postgresFacts(name, system, unlike);
  return { name, address: name, reached: true, ...(server ? { server } : {}) };
};

const leader = observed('db1', { server: { slots: [slot({ slot_name: ofDb2, active: false, retained: 3e9 })] } });
const warnings = (db2: Observation) => leaderWarnings(leader, [leader, db2]);

describe("a slot that nobody streams through, on the leader's side", () => {
  test('is not to be dropped while its follower is down', () => {
    expect(warnings(observed('db2', { server: null }))).toEqual([
      {
        code: 'SLOT_UNUSED',
        node: 'db1',
        message: `slot ${ofDb2} on db1 is not in use and keeps 3.0 GB of log for db2`,
        hint: 'db2 needs it when it is back; when it is gone for good: replctl remove-follower db2 --gone.',
      },
    ]);
  });

  test('may go when the node that it was made for runs without it', () => {
    expect(warnings(observed('db2', standby({ settings: { primary_slot_name: '' } })))).toEqual([
      expect.objectContaining({
        code: 'SLOT_UNUSED',
        hint: `Drop it when nobody needs it: SELECT pg_drop_replication_slot('${ofDb2}').`,
      }),
    ]);
  });

  test("is told under its follower where that runs, and not under the leader's name too", () => {
    expect(warnings(observed('db2', standby({ settings: { primary_slot_name: ofDb2 } })))).toEqual([]);
  });
});
