import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRunId, newRunId } from '../../../src/workflow/run-id.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const moment = fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

describe('a run id', () => {
  test('is a run id, at any time and with any randomness', () => {
    fc.assert(
      fc.property(moment, random, (now, value) => {
        expect(newRunId(now, () => value)).toSatisfy(isRunId);
      }),
    );
  });

  test('sorts by time', () => {
    const ids = ['2026-01-01', '2026-11-03', '2026-11-04', '2031-02-01', '2090-01-01'].map((day) =>
      newRunId(new Date(day), () => 0.5),
    );
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is nothing else', () => {
    for (const text of [
      '',
      'r-',
      'r-../../../..',
      'r-0123456789\n',
      'R-0123456789',
      'r-012345678',
      'r-01234567890',
      7,
    ]) {
      expect(isRunId(text)).toBe(false);
    }
  });
});
