import { describe, expect, test } from 'vitest';
import { objectionToSwap } from '../../../src/adapters/postgresql/steps/still-unused.ts';
import { castOf, postgresFacts, type Unlike } from './facts.ts';
import { workFor } from './nodes.ts';
import { sender } from './provocations/rows.ts';

const database = {
  name: 'shop',
  bytes: 1,
  user_made: true,
  connectable: true,
  provider: 'c',
  collate: 'C',
  locale: null,
  version: null,
};
const objection = (unlike: Unlike, want = {}): string | undefined =>
  objectionToSwap(workFor(castOf({}), want), postgresFacts('db2', '2', unlike))?.message;
const pristine: Unlike = { rest: { templateObjects: 0 } };

describe('right before the old server is stopped', () => {
  test('nothing speaks against it where it is as it was', () => {
    expect(objection(pristine)).toBeUndefined();
  });

  test('a database that was made meanwhile is not put away without --replace', () => {
    const used = { ...pristine, server: { databases: [database] } };
    expect(objection(used)).toContain('shop');
    expect(objection(used, { replace: true })).toBeUndefined();
  });

  test('a follower that it was given meanwhile is not cut off, not even with --replace', () => {
    const feeding = { ...pristine, server: { senders: [sender({ application_name: 'db9' })] } };
    expect(objection(feeding, { replace: true })).toContain('db9');
  });

  test('a server that is down, for whatever reason, is no objection', () => {
    expect(objection({ server: null, disk: { serverProcess: false, control: null } })).toBeUndefined();
  });
});
