import { describe, expect, test } from 'vitest';
import { followerState } from '../../../src/adapters/postgresql/follower-state.ts';
import { castOf, type Unlike } from './facts.ts';
import { nodesOf } from './nodes.ts';
import { sender, slot } from './provocations/rows.ts';

const receiver = { status: 'streaming', received_tli: 1, sender_host: '10.0.0.11', sender_port: 5432, slot_name: null };
const byHand = (unlike: Partial<typeof receiver> = {}): Unlike => ({
  server: { inRecovery: true, systemIdentifier: '1', receiver: { ...receiver, ...unlike } },
  settings: { primary_slot_name: '', primary_conninfo: 'host=10.0.0.11' },
});

const stateOf = (follower: Unlike, slots: readonly ReturnType<typeof slot>[] = []) => {
  const facts = castOf({
    leader: {
      server: { systemIdentifier: '1', senders: [sender({ application_name: '17/main' })], slots: [...slots] },
    },
    follower,
  });
  return followerState(facts, nodesOf(facts));
};

describe('a follower that was made by hand, without a slot and with any application name', () => {
  test('is there already where it streams from the wanted upstream', () => {
    expect(stateOf(byHand())).toMatchObject({ state: 'healthy' });
  });

  test('is not of the wrong upstream where it streams from the wanted one, which did not know of it yet', () => {
    const connecting = byHand();
    const settings = { primary_slot_name: { value: 'replctl_db2', unit: null, source: 'configuration file' } };
    const named = { ...connecting, server: { ...connecting.server, settings } };
    const idle = slot({ slot_name: 'replctl_db2', active: false });
    expect(stateOf(named, [idle])).toMatchObject({
      state: 'broken',
      evidence: expect.stringContaining('streams from db1'),
    });
  });

  test('is of the wrong upstream where it streams from elsewhere', () => {
    expect(stateOf(byHand({ sender_host: '10.0.0.99' }))).toMatchObject({ state: 'wrong-upstream' });
    expect(stateOf(byHand({ sender_port: 5433 }))).toMatchObject({ state: 'wrong-upstream' });
  });
});
