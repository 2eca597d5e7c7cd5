import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecord } from '../../../src/workflow/journal-record.ts';
import { openJournal, readRun, readRuns, startJournal } from '../../../src/workflow/journal.ts';
import { isUnfinished } from '../../../src/workflow/run-summary.ts';
import type { Store } from '../../../src/workflow/store.ts';
import { createMemoryStore } from './memory-store.ts';

const run = 'r-0123456789';
const start = {
  run,
  command: 'add-follower',
  node: 'db2',
  fleet: 'orders',
  engine: 'postgresql',
  inputs: { replace: true },
};
const intent = { kind: 'intent', step: 'a.one', input: { x: 1 }, intent: { prior: 1 } } as const;
const output = {
  kind: 'output',
  step: 'a.one',
  input: { x: 1 },
  output: 7,
  evidence: 'there',
  skipped: false,
} as const;

const clock = () => {
  let second = 0;
  return () => new Date(Date.UTC(2026, 10, 3, 12, 0, second++));
};
const here = () => ({ name: 'this machine', store: createMemoryStore() });

describe('a journal', () => {
  test('tells a machine that another one has ended the run, once it is shared', async () => {
    const [first, other, host] = [here(), here(), here()];
    await startJournal(start, { places: [first, host] });
    const elsewhere = await openJournal(run, { places: [other, host] });
    await elsewhere.append({ kind: 'ended' });
    expect((await readRun(run, [first]))?.state).toBe('running');
    const journal = await openJournal(run, { places: [first, host] });
    await journal.share();
    expect((await readRun(run, [first]))?.state).toBe('done');
    expect(await first.store.read(run)).toBe(await host.store.read(run));
  });

  test('tells what a run is, what it did, and when', async () => {
    const place = here();
    const journal = await startJournal(start, { places: [place], now: clock() });
    await journal.append({
      kind: 'steps',
      steps: [
        { id: 'a.one', node: 'db1', title: 'one' },
        { id: 'a.two', node: 'db2', title: 'two' },
      ],
    });
    await journal.append(intent);
    await journal.append(output);
    const read = await readRun(run, [place]);
    expect(read).toEqual(journal.summary());
    expect(read).toMatchObject({
      ...start,
      startedAt: '2026-11-03T12:00:00.000Z',
      lastAt: '2026-11-03T12:00:03.000Z',
      state: 'running',
    });
    expect(read?.steps).toMatchObject([
      { id: 'a.one', node: 'db1', title: 'one', state: 'done', seconds: 1, intent: { prior: 1 }, output: 7 },
      { id: 'a.two', node: 'db2', state: 'pending', startedAt: undefined },
    ]);
    expect(isUnfinished(read!)).toBe(true);
    await journal.append({ kind: 'ended' });
    expect(isUnfinished(journal.summary())).toBe(false);
  });

  test('is read past a torn line and unknown records, and written on behind a torn line', async () => {
    const place = here();
    const journal = await startJournal(start, { places: [place], now: clock() });
    await journal.append(intent);
    place.store.texts.set(
      run,
      `${place.store.texts.get(run)}{"at":"2026-11-03T12:00:09Z","seq":3,"kind":"fortune"}\n{"at":"2026`,
    );
    const again = await openJournal(run, { places: [place], now: clock() });
    await again.append(output);
    await again.append({ kind: 'ended' });
    expect((await readRun(run, [place]))?.state).toBe('done');
    expect((await readRun(run, [place]))?.steps[0]).toMatchObject({ state: 'done', output: 7 });
  });

  test('is made whole where another machine goes on with it', async () => {
    const [laptop, host, runner] = [here(), here(), here()];
    const first = await startJournal(start, { places: [laptop, host], now: clock() });
    await first.append(intent);
    const second = await openJournal(run, { places: [runner, host], now: clock() });
    await second.append(output);
    expect(runner.store.texts.get(run)).toBe(host.store.texts.get(run));
    const third = await openJournal(run, { places: [laptop, host], now: clock() });
    expect(third.step('a.one')?.output).toBe(7);
    await third.append({ kind: 'ended' });
    expect(laptop.store.texts.get(run)).toBe(host.store.texts.get(run));
  });

  test('names the place that could not be written, and writes there what was missed', async () => {
    const [local, host] = [here(), { ...here(), name: 'db2' }];
    const journal = await startJournal(start, { places: [local, host] });
    host.store.before = () => {
      throw new Error('no space left on device');
    };
    await expect(journal.append(intent)).rejects.toThrow(
      `The journal of ${run} on db2 could not be written: no space left on device`,
    );
    expect(await journal.note({ kind: 'failed', step: 'a.one', code: 'FAILED', message: 'disk full' })).toMatchObject([
      { code: 'JOURNAL_BEHIND' },
    ]);
    host.store.before = () => undefined;
    await journal.append(output);
    expect(host.store.texts.get(run)).toBe(local.store.texts.get(run));
  });

  test('remembers in the first place at once, and elsewhere in one go with the next record', async () => {
    const [local, host] = [here(), here()];
    const writes: number[] = [];
    const counting: Store = {
      ...host.store,
      append: async (id, ...lines) => {
        writes.push(lines.length);
        await host.store.append(id, ...lines);
      },
    };
    const journal = await startJournal(start, { places: [local, { name: 'db2', store: counting }] });
    const before = host.store.texts.get(run);
    await journal.remember(output);
    expect(host.store.texts.get(run)).toBe(before);
    expect(local.store.texts.get(run)).toContain('"output":7');
    await journal.append(intent);
    expect(writes).toEqual([1, 2]);
    expect(host.store.texts.get(run)).toBe(local.store.texts.get(run));
  });

  test('waits only so long for a note to arrive', async () => {
    const [local, host] = [here(), { ...here(), name: 'db2' }];
    const journal = await startJournal(start, { places: [local, host], patience: 20 });
    host.store.append = () => new Promise(() => undefined);
    const warnings = await journal.note({ kind: 'interrupted', step: 'a.one', code: 'HANGUP' });
    expect(warnings[0]?.message).toContain('no answer');
    expect(local.store.texts.get(run)).toContain('HANGUP');
  });

  test('forgets the intent of a step that was undone', async () => {
    const journal = await startJournal(start, { places: [here()] });
    await journal.append(intent);
    await journal.append({ ...intent, intent: { prior: 2 } });
    expect(journal.step('a.one')?.intent).toEqual({ prior: 1 });
    await journal.append({ kind: 'undone', step: 'a.one' });
    expect(journal.step('a.one')).toMatchObject({ state: 'undone', intent: undefined, output: undefined });
    await journal.append({ ...intent, intent: { prior: 2 } });
    expect(journal.step('a.one')?.intent).toEqual({ prior: 2 });
  });

  test('of a run that is not there is RUN_NOT_FOUND', async () => {
    await expect(openJournal(run, { places: [here()] })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', exitCode: 2 });
  });

  test("of another run, under this one's name, is not believed", async () => {
    const place = here();
    await startJournal({ ...start, run: 'r-9999999999' }, { places: [place] });
    place.store.texts.set(run, place.store.texts.get('r-9999999999')!);
    expect(await readRun(run, [place])).toBeUndefined();
  });

  test('is listed with the others, the latest first', async () => {
    const place = here();
    const now = clock();
    for (const id of ['r-aaaaaaaaaa', 'r-bbbbbbbbbb'])
      await startJournal({ ...start, run: id }, { places: [place], now });
    place.store.texts.set('r-cccccccccc', 'not a journal');
    place.store.texts.set('../../x', place.store.texts.get('r-aaaaaaaaaa')!);
    expect((await readRuns(place)).map((found) => found.run)).toEqual(['r-bbbbbbbbbb', 'r-aaaaaaaaaa']);
  });
});

describe('a line of a journal', () => {
  test('of any content is a record or nothing, and never an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(() => parseRecord(line)).not.toThrow();
      }),
    );
  });

  test('counts only in its own shape', () => {
    const good = { at: '2026-11-03T12:00:00Z', seq: 1, ...intent };
    expect(parseRecord(JSON.stringify(good))).toEqual(good);
    const bad = [
      { ...good, step: '../x y' },
      { ...good, step: 7 },
      { ...good, at: 'yesterday' },
      { ...good, seq: '1' },
      { ...good, intent: undefined },
      { ...good, kind: 'constructor' },
      { ...good, kind: 'steps', steps: [{ id: 'a' }] },
      [good],
      null,
    ];
    for (const value of bad) expect(parseRecord(JSON.stringify(value))).toBeUndefined();
  });
});
