import { expect, test } from 'vitest';
import { refuseUnfinishedRemoval } from '../../../src/procedures/unfinished.ts';
import { summarize, type RunSummary } from '../../../src/workflow/run-summary.ts';

const unfinished = (command: string): RunSummary => {
  const start = { run: 'r-0a1b2c3d4e', command, node: 'db2', fleet: 'orders', engine: 'postgresql', inputs: {} };
  return summarize([{ at: '2026-11-21T10:00:00.000Z', seq: 1, kind: 'run', ...start }])!;
};

test('a follower is not added while its removal waits: the next resume would take it out', () => {
  const refusal = { code: 'RUN_DIFFERS', exitCode: 2, hint: expect.stringContaining('replctl abandon r-0a1b2c3d4e') };
  expect(() => refuseUnfinishedRemoval([unfinished('remove-follower')])).toThrow(expect.objectContaining(refusal));
  expect(() => refuseUnfinishedRemoval([unfinished('add-follower')])).not.toThrow();
});
