import { describe, expect, test } from 'vitest';
import { countOf, formatGtidSet, parseGtidSet, subtract } from '../../../src/adapters/mysql/gtid-set.ts';

const a = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const b = '4e11fa47-71ca-11e1-9e33-c80aa9429562';
const minus = (left: string, right: string): string => formatGtidSet(subtract(parseGtidSet(left), parseGtidSet(right)));

describe('a GTID set', () => {
  test.each([
    ['', ''],
    [`${a}:1`, `${a}:1`],
    [`${a}:1-5:7,\n${b}:1-3`, `${a}:1-5:7,${b}:1-3`],
    [`${a.toUpperCase()}:1-5`, `${a}:1-5`],
    [`${a}:3-4:1-2`, `${a}:1-4`],
    [`${a}:tag:1-3`, `${a}:tag:1-3`],
  ])('%s is read as %s', (text, read) => {
    expect(formatGtidSet(parseGtidSet(text))).toBe(read);
  });

  test.each(['nonsense', `${a}`, `${a}:x-y`, `${a}:5-`])('%s is refused', (text) => {
    expect(() => parseGtidSet(text)).toThrow(/no GTID set/);
  });

  test.each([
    [`${a}:1-10`, `${a}:1-4`, `${a}:5-10`],
    [`${a}:1-10`, `${a}:4-6`, `${a}:1-3:7-10`],
    [`${a}:1-10`, '', `${a}:1-10`],
    [`${a}:1-10`, `${a}:1-10`, ''],
    [`${a}:1-10,${b}:1-2`, `${a}:1-20`, `${b}:1-2`],
    [`${a}:tag:1-3`, `${a}:1-3`, `${a}:tag:1-3`],
  ])('%s without %s is %s', (left, right, rest) => {
    expect(minus(left, right)).toBe(rest);
  });

  test('is counted, whatever its size', () => {
    expect(countOf(parseGtidSet(`${a}:1-10:20,${b}:5`))).toBe(12);
    expect(countOf(parseGtidSet(`${a}:1-9000000000`))).toBe(9_000_000_000);
  });
});
