import { expect, test } from 'vitest';
import { createLagClock } from '../../../src/adapters/lag-clock.ts';
import { parseLsn } from '../../../src/adapters/postgresql/lsn.ts';

/** A clock that is told the time. */
const watch = () => {
  let now = 1_000_000;
  const clock = createLagClock<string>(
    (reached, passed) => parseLsn(reached) >= parseLsn(passed),
    () => now,
  );
  return {
    /** After so many seconds, the leader is at one position and the follower has replayed to another. */
    after: (seconds: number, leader: string, replayed: string): number => {
      now += seconds * 1000;
      return clock.add(leader, replayed);
    },
  };
};

test('a follower that has everything is 0 seconds behind, however idle the leader', () => {
  const { after } = watch();
  expect(after(0, '0/100', '0/100')).toBe(0);
  expect(after(3600, '0/100', '0/100')).toBe(0);
});

test('a follower is as far behind as the moment when the leader went past its position', () => {
  const { after } = watch();
  expect(after(0, '0/100', '0/100')).toBe(0);
  expect(after(1, '0/200', '0/100')).toBe(0);
  expect(after(1, '0/300', '0/100')).toBe(1);
  expect(after(1, '0/400', '0/200')).toBe(1);
  expect(after(1, '0/400', '0/200')).toBe(2);
  expect(after(1, '0/400', '0/300')).toBe(2);
  expect(after(1, '0/400', '0/400')).toBe(0);
});

test('it grows while a follower stands still and the leader writes', () => {
  const { after } = watch();
  const lags = ['0/100', '0/200', '0/300', '0/400'].map((leader) => after(10, leader, '0/50'));
  expect(lags).toEqual([0, 10, 20, 30]);
});

test('a follower that comes and goes is measured anew each time', () => {
  const { after } = watch();
  after(0, '0/100', '0/100');
  after(100, '0/200', '0/200');
  expect(after(1, '0/300', '0/200')).toBe(0);
  expect(after(2, '0/300', '0/200')).toBe(2);
});

test('a replayed position beyond the leader’s last known one is not negative', () => {
  const { after } = watch();
  expect(after(0, '0/100', '0/180')).toBe(0);
  expect(after(1, '0/200', '0/300')).toBe(0);
});
