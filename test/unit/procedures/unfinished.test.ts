import { expect, test } from 'vitest';
import {
  onlyUnfinished,
  refuseUnfinishedAddition,
  refuseUnfinishedRemoval,
  tellOfEnd,
} from '../../../src/procedures/unfinished.ts';
import type { JournalRecord } from '../../../src/workflow/journal-record.ts';
import { readRun } from '../../../src/workflow/journal.ts';
import { createMemoryStore } from '../workflow/memory-store.ts';
import { summarize, type RunSummary } from '../../../src/workflow/run-summary.ts';

const record = (seq: number, entry: object): string =>
  JSON.stringify({ at: `2026-11-21T10:00:0${seq}.000Z`, seq, ...entry });

const unfinished = (command: string, ...later: readonly JournalRecord[]): RunSummary => {
  const start = { run: 'r-0a1b2c3d4e', command, node: 'db2', fleet: 'orders', engine: 'postgresql', inputs: {} };
  return summarize([{ at: '2026-11-21T10:00:00.000Z', seq: 1, kind: 'run', ...start }, ...later])!;
};

test('a follower is not added while its removal waits: the next resume would take it out', () => {
  const refusal = { code: 'RUN_DIFFERS', exitCode: 2, hint: expect.stringContaining('replctl abandon r-0a1b2c3d4e') };
  expect(() => refuseUnfinishedRemoval([unfinished('remove-follower')])).toThrow(expect.objectContaining(refusal));
  expect(() => refuseUnfinishedRemoval([unfinished('add-follower')])).not.toThrow();
});

test('a follower is not taken out while a run that adds it waits: what its copy stands on would go', () => {
  const refusal = { code: 'RUN_DIFFERS', exitCode: 2, hint: expect.stringContaining('replctl abandon r-0a1b2c3d4e') };
  expect(() => refuseUnfinishedAddition([unfinished('add-follower')])).toThrow(expect.objectContaining(refusal));
  expect(() => refuseUnfinishedAddition([unfinished('remove-follower')])).not.toThrow();
});

test('who was killed as the run ended is told, by resume, that it did', () => {
  const ended = unfinished('remove-follower', { at: '2026-11-21T10:00:07.000Z', seq: 2, kind: 'ended' });
  expect(() => onlyUnfinished([ended], 'resume')).toThrow(
    expect.objectContaining({
      code: 'RUN_NOT_FOUND',
      message:
        'There is nothing to resume: the latest run here, r-0a1b2c3d4e (remove-follower db2), is done since 2026-11-21T10:00:07.000Z',
      details: { run: 'r-0a1b2c3d4e', state: 'done' },
    }),
  );
  expect(() => onlyUnfinished([], 'resume')).toThrow('There is no unfinished run here to resume');
  expect(onlyUnfinished([ended, unfinished('add-follower')], 'resume')).toMatchObject({ command: 'add-follower' });
});

test('of several the latest is proposed, where it was looked for', () => {
  const both = [unfinished('add-follower'), unfinished('remove-follower')];
  const hint = 'Name one: replctl abandon r-0a1b2c3d4e --node db2';
  expect(() => onlyUnfinished(both, 'abandon', 'db2')).toThrow(expect.objectContaining({ code: 'USAGE', hint }));
});

test('a host that could not be told of the end of a run is told before the next one', async () => {
  const start = { run: 'r-0a1b2c3d4e', command: 'add-follower', node: 'db2', fleet: 'orders', engine: 'mysql' };
  const begun = record(1, { kind: 'run', ...start, inputs: {} });
  const [here, there] = [createMemoryStore(), createMemoryStore()].map((store, index) => ({ name: `${index}`, store }));
  await here!.store.append(start.run, begun, record(2, { kind: 'ended' }));
  await tellOfEnd(start, here!, there!);
  expect(await there!.store.list()).toEqual([]);
  await there!.store.append(start.run, begun);
  await tellOfEnd({ node: 'db3', fleet: 'orders' }, here!, there!);
  expect(await readRun(start.run, [there!])).toMatchObject({ state: 'running' });
  await tellOfEnd(start, here!, there!);
  expect(await readRun(start.run, [there!])).toMatchObject({ state: 'done' });
});
