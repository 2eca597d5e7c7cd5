import { expect, test } from 'vitest';
import { hasReached, parseGtidPosition, sequencesBehind } from '../../../src/adapters/mysql/gtid-position.ts';

const behind = (ahead: string, reached: string): number =>
  sequencesBehind(parseGtidPosition(ahead), parseGtidPosition(reached));

test.each([
  ['0-1-100', '0-1-100', 0],
  ['0-1-100', '0-2-90', 10],
  ['0-1-100,5-1-7', '0-1-100', 7],
  ['0-1-100', '0-1-120', 0],
  ['', '', 0],
  ['0-1-18446744073709551615', '0-1-18446744073709551614', 1],
])('%s is ahead of %s by %i', (ahead, reached, count) => {
  expect(behind(ahead, reached)).toBe(count);
  expect(hasReached(parseGtidPosition(reached), parseGtidPosition(ahead))).toBe(count === 0);
});

test('where a domain stands twice the highest sequence counts', () => {
  expect(behind('0-1-10,0-2-30', '0-1-10')).toBe(20);
});

test.each(['nonsense', '0-1', '0-1-x'])('%s is refused', (text) => {
  expect(() => parseGtidPosition(text)).toThrow(/no GTID position/);
});
