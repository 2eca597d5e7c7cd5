import { describe, expect, test } from 'vitest';
import { findingsText } from '../../../src/report/findings-text.ts';
import { abandonedText, followerText } from '../../../src/report/follower-text.ts';
import { runText, runsText } from '../../../src/report/runs-text.ts';
import { plainTerminal } from '../../../src/report/terminal.ts';

const terminal = plainTerminal(true);
const result = {
  node: 'db3',
  upstream: 'db1',
  copiedFrom: 'db1',
  method: 'basebackup',
  position: { lsn: '0/3000148', timeline: 1 },
  steps: [],
  bytes: 3.3e9,
  seconds: 130,
  lag: { bytes: 0, seconds: 0, transactions: null },
} as const;
const summary = {
  run: 'r-0123456789',
  command: 'add-follower',
  fleet: 'orders',
  node: 'db3',
  state: 'failed',
  startedAt: '2026-11-03T12:00:00.000Z',
  updatedAt: '2026-11-03T12:02:00.000Z',
} as const;

describe('the answer', () => {
  test('of add-follower is two sentences', () => {
    expect(followerText({ outcome: 'added', ...result }, terminal)).toBe(
      'db3 follows db1 from 0/3000148, 0 s behind the leader.\nDone in 2 m 10 s, 3.3 GB copied from db1 by basebackup.',
    );
    expect(followerText({ outcome: 'already', ...result }, terminal)).toBe(
      'db3 follows db1 already, 0 s behind the leader. Nothing was changed.',
    );
  });

  test('of a dry run is every command of every step, harmless', () => {
    const actions = [
      { node: 'db1', kind: 'sql', text: "CREATE ROLE x\nPASSWORD '********'" },
      { node: 'db3', kind: 'run', as: 'postgres', text: 'rm \x1b[2J' },
    ] as const;
    const plan = [{ id: 'a', node: 'db1', title: 'make the role', actions }];
    expect(followerText({ outcome: 'planned', ...result, plan }, terminal)).toBe(
      [
        '1. make the role',
        '   on db1, SQL:',
        '     CREATE ROLE x',
        "     PASSWORD '********'",
        '   on db3 as postgres, run:',
        '     rm \\x1b[2J',
        '',
        '1 step would make db3 a follower of db1. Nothing was changed.',
      ].join('\n'),
    );
  });

  test('of abandon says how much was taken back', () => {
    expect(abandonedText({ run: 'r-0123456789', node: 'db3', undone: [] })).toBe(
      'Run r-0123456789 on db3 is abandoned. There was nothing to take back.',
    );
  });

  test('of check is the verdict and the findings', () => {
    const check = { node: 'db3', upstream: 'db1', copiedFrom: 'db2', already: false, passed: true, findings: [] };
    expect(findingsText({ ...check, already: true }, terminal)).toBe('db3 follows db1 already, and is healthy.');
    expect(findingsText(check, terminal)).toBe(
      'db3 can become a follower of db1, copied from db2: nothing speaks against it.',
    );
  });

  test('of runs is a table', async () => {
    expect(await runsText({ runs: [] }, terminal)).toBe('No run is known on this machine.');
    expect(await runsText({ runs: [summary] }, terminal)).toBe(
      [
        'RUN           STATE   COMMAND       NODE  FLEET   STARTED                  LAST SEEN',
        'r-0123456789  failed  add-follower  db3   orders  2026-11-03 12:00:00 UTC  2026-11-03 12:02:00 UTC',
      ].join('\n'),
    );
  });

  test('of runs show is the steps, the error and the way on', async () => {
    const step = { id: 'a', node: 'db1', title: 'make the role', evidence: null, startedAt: summary.startedAt };
    const steps = [
      { ...step, state: 'done', seconds: 1 } as const,
      { ...step, state: 'pending', startedAt: null, seconds: null } as const,
    ];
    const text = await runText(
      { ...summary, steps, error: { code: 'STEP_FAILED', message: 'x', hint: 'y' } },
      terminal,
    );
    expect(text).toContain('done     db1   make the role  1 s');
    expect(text).toContain('Error: x\n  Next: y');
    expect(text).toContain('replctl resume r-0123456789');
  });
});
