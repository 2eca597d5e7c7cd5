import { describe, expect, test } from 'vitest';
import { createCatchUpMeter, createPaceMeter } from '../../../src/workflow/rate.ts';

const MB = 1_000_000;

describe('the pace of a copy', () => {
  test('is smoothed over the window and tells how long it will take', () => {
    let at = 0;
    const meter = createPaceMeter({ now: () => at });
    expect(meter.add(0, 1000 * MB)).toEqual({});
    for (at = 1000; at <= 30_000; at += 1000) meter.add((at / 1000) * 10 * MB + (at % 2000 ? 5 * MB : 0), 1000 * MB);
    at = 31_000;
    const { rate, eta } = meter.add(310 * MB, 1000 * MB);
    expect(rate! / MB).toBeCloseTo(10, 0);
    expect(eta).toBeCloseTo(69, -1);
  });

  test('forgets what was before the window', () => {
    let at = 0;
    const meter = createPaceMeter({ now: () => at, window: 5000 });
    meter.add(0);
    at = 60_000;
    meter.add(600 * MB);
    at = 70_000;
    expect(meter.add(600 * MB)).toEqual({ rate: 0 });
  });
});

describe('catching up', () => {
  const feed = (remaining: (second: number) => number, seconds = 120) => {
    let at = 0;
    const meter = createCatchUpMeter({ now: () => at });
    let last = meter.add(remaining(0));
    for (let second = 1; second <= seconds; second++) {
      at = second * 1000;
      last = meter.add(remaining(second));
    }
    return last;
  };

  test('converges with a rate and an end', () => {
    expect(feed((second) => (500 - second) * MB)).toMatchObject({ trend: 'converging', rate: MB, eta: 380 });
  });

  test('diverges only where it grows over the whole window', () => {
    expect(feed((second) => (500 + second) * MB).trend).toBe('diverging');
    expect(feed((second) => (500 + second) * MB, 20).trend).toBe('unknown');
    expect(feed((second) => (second < 115 ? 500 : 600) * MB).trend).toBe('steady');
    expect(feed((second) => (500 + (second % 2)) * MB).trend).not.toBe('diverging');
    expect(feed(() => 0).trend).toBe('steady');
  });
});
