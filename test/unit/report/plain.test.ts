import { expect, test } from 'vitest';
import { createPlain } from '../../../src/report/plain.ts';
import { plainTerminal } from '../../../src/report/terminal.ts';
import { createScreen } from './screen.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 3, 12, 0, second)).toISOString();
const step = { step: 'transfer.copy', node: 'db2', title: 'copy db1 to db2' };
const start = {
  event: 'run-started',
  run: 'r-0123456789',
  command: 'add-follower',
  resumed: false,
  steps: [
    { id: 'a', title: 'a', node: 'db1' },
    { id: 'transfer.copy', title: step.title, node: 'db2' },
  ],
} as const;

const written = (tell: (listener: ReturnType<typeof createPlain>) => void): string[] => {
  const { stream, text } = createScreen();
  tell(createPlain(stream, plainTerminal(false)));
  return text().trimEnd().split('\n');
};

test('a run is told in sentences', () => {
  const lines = written((tell) => {
    tell({ at: at(0), ...start });
    tell({ at: at(0), event: 'step-skipped', step: 'a', node: 'db1', title: 'a', evidence: 'it is there' });
    tell({ at: at(1), event: 'step-started', ...step });
    tell({ at: at(2), event: 'warning', code: 'CLEAR', message: 'It is in clear.', hint: 'Set tls.', node: 'db1' });
    tell({ at: at(130), event: 'step-done', ...step, seconds: 129 });
    tell({ at: at(131), event: 'step-failed', ...step, seconds: 1, message: 'x' });
    tell({ at: at(132), event: 'run-interrupted', run: 'r-0123456789', signal: 'SIGTERM' });
  });
  expect(lines).toEqual([
    'Run r-0123456789: add-follower, 2 steps.',
    'Step 1 of 2, on db1: a. Done already: it is there.',
    'Step 2 of 2, on db2: copy db1 to db2.',
    'Warning: db1: It is in clear.',
    '  Next: Set tls.',
    'Step 2 of 2 is done after 2 m 9 s.',
    'Step 2 of 2 failed after 1 s.',
    'Run r-0123456789 was stopped by SIGTERM.',
  ]);
});

test('progress is told every 10 %, at a new phase, or every 30 s', () => {
  const lines = written((tell) => {
    tell({ at: at(0), ...start });
    tell({ at: at(0), event: 'step-started', ...step });
    for (let second = 1; second <= 20; second++) {
      tell({
        at: at(second),
        event: 'step-progress',
        step: step.step,
        node: 'db2',
        phase: 'copying',
        bytes: second * 1e6,
        total: 1e8,
        rate: 1e6,
        eta: 100 - second,
      });
    }
    for (let second = 21; second < 90; second++) {
      tell({ at: at(second), event: 'step-progress', step: step.step, node: 'db2', phase: 'verifying' });
    }
  });
  expect(lines.slice(2)).toEqual([
    'Step 2 of 2: copying, 1.0 MB of 100 MB (1 %) at 1.0 MB/s, 1 m 39 s left.',
    'Step 2 of 2: copying, 10 MB of 100 MB (10 %) at 1.0 MB/s, 1 m 30 s left.',
    'Step 2 of 2: copying, 20 MB of 100 MB (20 %) at 1.0 MB/s, 1 m 20 s left.',
    'Step 2 of 2: verifying.',
    'Step 2 of 2: verifying.',
    'Step 2 of 2: verifying.',
  ]);
});
