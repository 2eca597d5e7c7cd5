import { expect, test } from 'vitest';
import { tidy } from '../../../src/adapters/postgresql/steps/tidy.ts';
import type { StepContext } from '../../../src/workflow/step.ts';
import { castOf } from './facts.ts';
import { workFor } from './nodes.ts';

const context: StepContext = {
  signal: new AbortController().signal,
  intent: null,
  output: () => undefined,
  progress: () => undefined,
  warn: () => undefined,
};

test('once old data is being removed there is no way back, and it says so', async () => {
  const step = tidy(workFor(castOf(), { replace: true, discardOld: true }));
  expect(await step.intent?.(context)).toMatchObject({
    discards: ['/var/lib/postgresql/17/main.replctl-aside-r-0a1b2c3d4e'],
  });
  await expect(step.undo?.(context)).rejects.toMatchObject({
    node: 'db2',
    message: expect.stringContaining('--discard-old') as string,
    hint: expect.stringContaining('replctl resume r-0a1b2c3d4e') as string,
  });
});

test('where old data is kept, tidying up is nothing that would have to be taken back', () => {
  expect(tidy(workFor(castOf(), { replace: true }))).not.toHaveProperty('undo');
});
