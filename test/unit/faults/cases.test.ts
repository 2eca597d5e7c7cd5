import { describe, expect, test } from 'vitest';
import {
  covering,
  coveringTogether,
  drawn,
  endings,
  interleaved,
  matrix,
  signals,
  titleOf,
  whens,
} from '../../faults/cases.ts';

const plan = {
  'add-follower': ['snapshot.account', 'transfer.copy', 'configure.swap', 'finish.tidy'],
  'remove-follower': ['remove.stop-tailing', 'remove.account'],
};
const steps = [...plan['add-follower'], ...plan['remove-follower']];
const faults = ['a power cut', 'a cut link'];
const all = matrix(plan, faults);

describe('the matrix', () => {
  test('has every signal at every moment of every step, and every fault in every step', () => {
    const titles = all.map(({ step, when, blow }) => `${blow} ${when} ${step}`);
    for (const step of steps) {
      for (const blow of faults) expect(titles).toContain(`${blow} inside ${step}`);
      for (const when of whens) for (const blow of signals) expect(titles).toContain(`${blow} ${when} ${step}`);
    }
    expect(new Set(all.map(titleOf)).size).toBe(all.length);
  });

  test('has each step meet each ending', () => {
    for (const step of steps)
      expect(new Set(all.filter((one) => one.step === step).map(({ ending }) => ending))).toEqual(new Set(endings));
  });

  test('takes up a new step without being told of it', () => {
    const longer = { ...plan, 'add-follower': [...plan['add-follower'], 'prove.more'] };
    expect(matrix(longer, faults).filter(({ step }) => step === 'prove.more')).toHaveLength(
      whens.length * signals.length + faults.length,
    );
  });
});

describe('the few cases of every change', () => {
  const few = covering({ cases: all, always: [] });

  test('have each step, moment, blow and ending at least once', () => {
    expect(new Set(few.map(({ step }) => step))).toEqual(new Set(steps));
    expect(new Set(few.map(({ when }) => when))).toEqual(new Set(whens));
    expect(new Set(few.map(({ blow }) => blow))).toEqual(new Set([...signals, ...faults]));
    expect(new Set(few.map(({ ending }) => ending))).toEqual(new Set(endings));
  });

  test('are few', () => {
    expect(few.length).toBeLessThanOrEqual(Math.max(steps.length, signals.length + faults.length) + 2);
  });

  test('are shared by several grounds, which have about as many', () => {
    const other = { ...plan, 'add-follower': [...plan['add-follower'], 'transfer.load', 'transfer.indexes'] };
    const [one, two] = coveringTogether([
      { cases: all, always: [] },
      { cases: matrix(other, faults), always: [] },
    ]);
    expect(new Set([...one!, ...two!].map(({ step }) => step))).toEqual(
      new Set([...steps, 'transfer.load', 'transfer.indexes']),
    );
    expect(new Set([...one!, ...two!].map(({ blow }) => blow))).toEqual(new Set([...signals, ...faults]));
    expect(Math.abs(one!.length - two!.length)).toBeLessThanOrEqual(3);
  });

  test('begin with those that are chosen anyhow, and what these meet need not be met again', () => {
    const [first] = matrix(plan, faults).slice(-1);
    const others = covering({ cases: all, always: [first!] });
    expect(others[0]).toEqual(first);
    expect(others.filter(({ step }) => step === first!.step)).toHaveLength(1);
  });

  test('have a removal follow an addition, that made the follower for it', () => {
    const commands = interleaved(few).map(({ command }) => command);
    expect(commands.slice(0, 4)).toEqual(['add-follower', 'remove-follower', 'add-follower', 'remove-follower']);
    expect(commands).toHaveLength(few.length);
  });

  test('are none where there is nothing to choose from', () => {
    expect(covering({ cases: [], always: [] })).toEqual([]);
  });
});

describe('cases at random', () => {
  test('are the same for the same seed, and others for another', () => {
    const draw = (seed: number) => drawn(plan, faults, { count: 20, seed }).map(titleOf);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).toHaveLength(20);
  });
});
