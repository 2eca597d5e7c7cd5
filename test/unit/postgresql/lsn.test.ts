import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatLsn,
  lsnDistance,
  parseLsn,
  parseSegmentName,
  segmentName,
  segmentNumber,
} from '../../../src/adapters/postgresql/lsn.ts';

const lsn = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const megabyte = 1024 * 1024;
const segmentSize = fc.integer({ min: 0, max: 10 }).map((power) => megabyte * 2 ** power);

describe('a log position', () => {
  test('survives being written and read', () => {
    fc.assert(
      fc.property(lsn, (position) => {
        expect(parseLsn(formatLsn(position))).toBe(position);
      }),
    );
  });

  test('is written as the server writes it', () => {
    expect(formatLsn(0x3b000028n)).toBe('0/3B000028');
    expect(formatLsn((0x1an << 32n) | 0xfn)).toBe('1A/F');
  });

  test('is read in either case', () => {
    expect(parseLsn('1a/f')).toBe(parseLsn('1A/F'));
  });

  test.each(['', '0', '0/', '/0', '0/123456789', '0/G', ' 0/0', '0/0\n', '0/0/0', '-1/0'])('is never %j', (text) => {
    expect(() => parseLsn(text)).toThrow(RangeError);
  });

  test('is as far from another as both ways say', () => {
    const near = fc.bigInt({ min: 0n, max: 2n ** 52n });
    fc.assert(
      fc.property(near, near, (a, b) => {
        expect(lsnDistance(formatLsn(a), formatLsn(b))).toBe(Number(b - a));
        expect(lsnDistance(formatLsn(b), formatLsn(a))).toBe(Number(a - b));
      }),
    );
  });

  test('is compared as a number, not as text', () => {
    expect(lsnDistance('9/0', '10/0')).toBeGreaterThan(0);
    expect(lsnDistance('0/FFFFFFFF', '1/0')).toBe(1);
  });
});

describe('a segment', () => {
  test('survives being named and read, whatever its size', () => {
    fc.assert(
      fc.property(lsn, segmentSize, fc.integer({ min: 1, max: 2 ** 31 }), (position, size, timeline) => {
        const number = segmentNumber(formatLsn(position), size);
        expect(parseSegmentName(segmentName(timeline, number, size), size)).toEqual({ timeline, number });
      }),
    );
  });

  test('is named as pg_walfile_name names it', () => {
    expect(segmentName(1, segmentNumber('0/3B000028', 16 * megabyte), 16 * megabyte)).toBe('00000001000000000000003B');
    expect(segmentName(10, segmentNumber('A/FE000000', 16 * megabyte), 16 * megabyte)).toBe('0000000A0000000A000000FE');
    // 4096 segments of 1 MB have the same second part.
    expect(segmentName(1, segmentNumber('2/FFF00000', megabyte), megabyte)).toBe('000000010000000200000FFF');
    expect(segmentName(1, segmentNumber('2/C0000000', 1024 * megabyte), 1024 * megabyte)).toBe(
      '000000010000000200000003',
    );
  });

  test.each(['00000002.history', '000000010000000000000003.partial', '000000010000000000000003.00000028.backup', ''])(
    'is not what %j names',
    (name) => {
      expect(parseSegmentName(name, 16 * megabyte)).toBeUndefined();
    },
  );
});
