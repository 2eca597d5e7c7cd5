import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../src/flags/duration.ts';
import { parseMaxLag } from '../../../src/flags/max-lag.ts';
import { progressMode } from '../../../src/flags/run-flags.ts';
import { parseRate, sizeOf } from '../../../src/flags/size.ts';

const megabyte = 1000 * 1000;

describe('a duration', () => {
  test.each([
    ['500ms', 0.5],
    ['1s', 1],
    ['5m', 300],
    ['1h', 3600],
    ['1.5h', 5400],
    ['2d', 172_800],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '5', '0s', '-1s', '5x', '1 h', '1h30m', 's'])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'USAGE', exitCode: 2 }));
  });
});

describe('a size', () => {
  test.each([
    ['100B', 100],
    ['1kB', 1000],
    ['1KiB', 1024],
    ['16MB', 16 * megabyte],
    ['16MiB', 16 * 1024 * 1024],
    ['1.5GB', 1500 * megabyte],
    ['1TB', megabyte * megabyte],
  ])('%s is %d bytes', (text, bytes) => {
    expect(sizeOf(text)).toBe(bytes);
  });

  test.each(['', '16', '16M', 'MB', '-1MB', '1XB'])('%j is none', (text) => {
    expect(sizeOf(text)).toBeUndefined();
  });
});

describe('a rate', () => {
  test('has its second or leaves it out', () => {
    expect([parseRate('50MB/s'), parseRate('50MB')]).toEqual([50 * megabyte, 50 * megabyte]);
  });

  test.each(['50', '50MB/h', '0MB/s', 'fast'])('%j is none', (text) => {
    expect(() => parseRate(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('a lag', () => {
  test('is a time or an amount of log', () => {
    expect(parseMaxLag('1s')).toEqual({ seconds: 1 });
    expect(parseMaxLag('0s')).toEqual({ seconds: 0 });
    expect(parseMaxLag('16MB')).toEqual({ bytes: 16 * megabyte });
    expect(() => parseMaxLag('soon')).toThrow('"soon" is neither a duration nor a size.');
  });
});

describe('the way progress is shown by default', () => {
  test.each([
    [{}, true, 'live'],
    [{}, false, 'plain'],
    [{ CI: 'true' }, true, 'plain'],
    [{ TERM: 'dumb' }, true, 'plain'],
  ] as const)('%j, terminal %j: %s', (environment, terminal, mode) => {
    expect(progressMode(environment, terminal)).toBe(mode);
  });
});
