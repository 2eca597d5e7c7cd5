import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createLive } from '../../../src/report/live.ts';
import { plainTerminal } from '../../../src/report/terminal.ts';
import { createEmitter } from '../../../src/workflow/event-emitter.ts';
import { startJournal } from '../../../src/workflow/journal.ts';
import { runSteps } from '../../../src/workflow/runner.ts';
import { type World, setting } from '../workflow/fake-steps.ts';
import { createMemoryStore } from '../workflow/memory-store.ts';
import { createScreen } from './screen.ts';

test('the live list ends with every phase, its steps and, below it, the warnings', async () => {
  const { stream, text: written } = createScreen();
  const { drawing, listener } = createLive(stream, plainTerminal(true));
  const world: World = new Map([['snapshot.a', 1]]);
  const steps = [
    setting(world, 'snapshot.a', 1),
    setting(world, 'snapshot.b', 1),
    setting(world, 'transfer.copy', 1, {
      apply: async (context) => {
        context.progress({ phase: 'copying', bytes: 1e9, total: 4e9, rate: 1e8, eta: 30 });
        context.warn({ code: 'CLEAR', message: 'It is in clear.' });
        await new Promise((resolve) => setTimeout(resolve, 300));
        throw new Error('cut');
      },
    }),
    setting(world, 'transfer.verify', 1),
  ];
  const run = 'r-0123456789';
  const journal = await startJournal(
    { run, command: 'add-follower', node: 'db2', fleet: 'orders', engine: 'postgresql', inputs: {} },
    { places: [{ name: 'here', store: createMemoryStore() }] },
  );
  const work = runSteps({
    steps,
    journal,
    emit: createEmitter([listener]),
    signal: new AbortController().signal,
    resumed: false,
    drawing,
  });
  await expect(work).rejects.toThrow('cut');
  const text = stripVTControlCharacters(written());
  expect(text).toContain('copying  [█████░░░░░░░░░░░░░░░] 25 %  1.0 GB of 4.0 GB  100 MB/s  30 s left');
  expect(text.slice(text.lastIndexOf('✔ Reserve')).trimEnd().split('\n')).toEqual([
    '✔ Reserve a starting position',
    '✖ Copy the data',
    '  ✖ Set transfer.copy',
    '  · Set transfer.verify',
    'Warning: db2: It is in clear.',
  ]);
});
