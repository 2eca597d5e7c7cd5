import { expect, test } from 'vitest';
import { leavesOut, passedOver } from '../../../src/adapters/mysql/passed-over.ts';
import { channel } from './facts.ts';

test('a server as its package makes it passes over nothing', () => {
  const mysql = { replica_exec_mode: 'STRICT', replica_skip_errors: 'OFF' };
  const mariadb = {
    slave_exec_mode: 'STRICT',
    slave_skip_errors: 'OFF',
    replicate_do_db: '',
    replicate_rewrite_db: '',
  };
  expect([mysql, mariadb].map((settings) => passedOver(settings, []))).toEqual([[], []]);
});

test('filters, skipped errors and idempotent appliers are told of, by either word but once', () => {
  const settings = {
    replica_skip_errors: '1062',
    slave_skip_errors: '1062',
    slave_exec_mode: 'IDEMPOTENT',
    replicate_wild_ignore_table: 'app.tmp%',
  };
  expect(passedOver(settings, [{ name: 'replicate_ignore_db', value: 'scratch' }])).toEqual([
    'replica_skip_errors = 1062',
    'slave_exec_mode = IDEMPOTENT',
    'replicate_wild_ignore_table = app.tmp%',
    'replicate_ignore_db = scratch',
  ]);
});

test("a filter of one channel alone is told by its name, and one of the option file's not twice", () => {
  const replica = [channel({ filters: ['Replicate_Ignore_DB', 'Replicate_Do_Table'] })];
  expect(leavesOut({ passedOver: ['replicate_ignore_db = scratch'], replica })).toEqual([
    'replicate_ignore_db = scratch',
    'replicate_do_table',
  ]);
});
