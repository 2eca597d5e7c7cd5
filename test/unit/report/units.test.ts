import { describe, expect, test } from 'vitest';
import { bytes, duration, percent, rate } from '../../../src/report/units.ts';

describe('units', () => {
  test.each([
    [0, '0 B'],
    [512, '512 B'],
    [999.6, '1.0 kB'],
    [1400, '1.4 kB'],
    [9_960, '10 kB'],
    [112e6, '112 MB'],
    [999_600_000, '1.0 GB'],
    [1.44e9, '1.4 GB'],
    [3e12, '3.0 TB'],
    [5e22, '50000 EB'],
    [-3, '0 B'],
  ])('%d bytes are %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [0.04, '0 s'],
    [0.44, '0.4 s'],
    [3, '3 s'],
    [12.4, '12 s'],
    [59.7, '1 m'],
    [130, '2 m 10 s'],
    [3900, '1 h 5 m'],
    [3600 * 76 + 59, '3 d 4 h'],
  ])('%d seconds are %s', (value, text) => {
    expect(duration(value)).toBe(text);
  });

  test('a share is 100 % only at the end', () => {
    expect([percent(0, 10), percent(9.99, 10), percent(10, 10), percent(11, 10), percent(0, 0)]).toEqual([
      '0 %',
      '99 %',
      '100 %',
      '100 %',
      '100 %',
    ]);
    expect(rate(112e6)).toBe('112 MB/s');
  });
});
