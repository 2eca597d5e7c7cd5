import { describe, expect, test } from 'vitest';
import type { Cast } from '../../../src/adapters/adapter.ts';
import { postgresql } from '../../../src/adapters/postgresql/index.ts';
import { refuseOthers, type Side } from '../../../src/procedures/removable.ts';
import { castOf, standby, type Unlike } from './facts.ts';
import { nodesOf } from './nodes.ts';
import { slot } from './provocations/rows.ts';

const slotName = 'replctl_db2_r0a1b2c3d4e';
const follower = standby({ server: { systemIdentifier: '1' }, settings: { primary_slot_name: slotName } });

const remove =
  (unlike: Unlike, slots = [slot({ slot_name: slotName })]) =>
  () => {
    const facts = castOf({ leader: { server: { systemIdentifier: '1', slots } }, follower: unlike });
    const nodes = nodesOf(facts);
    const side = (part: keyof Cast<unknown>): Side => ({ node: nodes[part], facts: facts[part] });
    refuseOthers(postgresql as never, {
      leader: side('leader'),
      upstream: side('upstream'),
      source: side('source'),
      follower: side('follower'),
    });
  };

describe('remove-follower, before anything is changed', () => {
  test('lets a follower go, also one that is broken or down', () => {
    expect(remove(follower)).not.toThrow();
    expect(remove({ ...follower, server: { ...follower.server, receiver: null } })).not.toThrow();
    expect(remove({ server: null, disk: { serverProcess: false } })).not.toThrow();
  });

  test('leaves a server alone that was promoted, or that follows another cluster', () => {
    const refusal = { code: 'PREFLIGHT_REFUSED', exitCode: 3, node: 'db2' };
    expect(remove({ server: { systemIdentifier: '1' } })).toThrow(expect.objectContaining(refusal));
    expect(remove(standby({ server: { systemIdentifier: '9' } }))).toThrow(expect.objectContaining(refusal));
  });

  test('names the upstream that a follower really has, where that has its slot', () => {
    expect(remove(follower, [])).toThrow(/streams from 10\.0\.0\.11:5432, not from db1/);
  });
});
