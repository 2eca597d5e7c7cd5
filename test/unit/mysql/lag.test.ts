import { describe, expect, test } from 'vitest';
import { dialectOf } from '../../../src/adapters/mysql/dialect.ts';
import { hasApplied, lagBehind } from '../../../src/adapters/mysql/lag.ts';
import { castOf, channel, mysqlFacts, uuid, type Unlike } from './facts.ts';

const mysql = dialectOf({ flavour: 'mysql', version: '9.7.4' });
const leader = castOf().leader.server!;
const follower = (unlike: Unlike['server'], settings = {}) =>
  mysqlFacts('mysql', 'db2', '2', { server: { replica: [channel()], ...unlike }, settings }).server!;

describe('a follower by GTID', () => {
  test('that has everything is not behind', () => {
    expect(lagBehind(mysql, leader, follower({}), 1000)).toEqual({ bytes: 0, seconds: 0, transactions: 0 });
  });

  test('that lacks transactions is behind by them, their bytes, and the age of what it applied last', () => {
    const at = channel({ executed: { file: 'binlog.000003', position: 400 }, appliedAt: 990 });
    const found = lagBehind(mysql, leader, follower({ history: `${uuid}:1-900`, replica: [at] }), 1000);
    expect(found).toEqual({ bytes: 600 + 1234, seconds: 10, transactions: 100 });
  });

  test('of a follower names no place in the leader’s binlog', () => {
    const at = channel({ executed: { file: 'relayed.000009', position: 400 } });
    expect(lagBehind(mysql, leader, follower({ history: `${uuid}:1-900`, replica: [at] }), 0).bytes).toBeNull();
  });

  test('without a leader to ask is behind by nobody knows what', () => {
    expect(lagBehind(mysql, undefined, follower({}), 0)).toEqual({ bytes: null, seconds: null, transactions: null });
  });
});

describe('a follower by file and position', () => {
  const off = { ...leader, settings: { ...leader.settings, gtid_mode: 'OFF' }, history: '' };
  test.each([
    ['binlog.000004', 1234, true],
    ['binlog.000005', 4, true],
    ['binlog.000004', 1233, false],
    ['binlog.000003', 99_999, false],
  ])('at %s:%i has applied all: %s', (file, position, all) => {
    const at = follower({ history: '', replica: [channel({ executed: { file, position } })] });
    expect(hasApplied(mysql, at, off)).toBe(all);
  });

  test('past a million binlogs they are compared as numbers', () => {
    const at = follower({ history: '', replica: [channel({ executed: { file: 'binlog.1000000', position: 4 } })] });
    const ahead = { ...off, position: { file: 'binlog.999999', position: 500 } };
    expect(hasApplied(mysql, at, ahead)).toBe(true);
  });
});
