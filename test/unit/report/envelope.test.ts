import { describe, expect, test } from 'vitest';
import { ReplctlError } from '../../../src/errors.ts';
import { Masked } from '../../../src/masked.ts';
import { failureEnvelope, successEnvelope } from '../../../src/report/envelope.ts';
import { errorText } from '../../../src/report/error-text.ts';
import { plainTerminal } from '../../../src/report/terminal.ts';

const common = { command: 'add-follower', run: 'r-0123456789', warnings: [] };
const terminal = plainTerminal(true);
const failure = (): ReplctlError =>
  new ReplctlError({
    code: 'STEP_FAILED',
    message: 'Step "copy" failed: ended with 1',
    hint: 'Look at it.',
    node: 'db2',
    step: 'transfer.copy',
    details: { exitCode: 1 },
    cause: new Error('ended with 1', { cause: new Error('::error::no\x1b[2J route\nto host') }),
  });

describe('an envelope', () => {
  test('of a success carries the result and the warnings, and no undefined', () => {
    const warnings = [{ code: 'CLEAR', message: 'in clear', hint: undefined }];
    expect(successEnvelope({ ...common, run: null, result: { a: 1, b: undefined }, warnings })).toEqual({
      ok: true,
      command: 'add-follower',
      run: null,
      result: { a: 1 },
      warnings: [{ code: 'CLEAR', message: 'in clear', hint: null, node: null }],
    });
    expect(successEnvelope({ ...common, result: undefined })).toMatchObject({ result: null });
  });

  test('of a failure carries the whole chain of causes, harmless', () => {
    const envelope = failureEnvelope({ ...common, result: { steps: [] }, error: failure() });
    expect(envelope).toEqual({
      ok: false,
      command: 'add-follower',
      run: 'r-0123456789',
      error: {
        code: 'STEP_FAILED',
        message: 'Step "copy" failed: ended with 1',
        hint: 'Look at it.',
        node: 'db2',
        step: 'transfer.copy',
        retryable: false,
        exitCode: 4,
        details: { exitCode: 1, causes: ['ended with 1', ': :error::no\\x1b[2J route ⏎ to host'] },
      },
      result: { steps: [] },
      warnings: [],
    });
    expect(JSON.parse(JSON.stringify(envelope))).toEqual(envelope);
  });

  test('holds no secret, and ends where causes go round in circles', () => {
    const error = new Error('round');
    error.cause = error;
    const details = { password: new Masked('geheim') };
    const envelope = failureEnvelope({
      ...common,
      result: null,
      error: new ReplctlError({ code: 'FAILED', message: 'x', details, cause: error }),
    });
    expect(JSON.stringify(envelope)).not.toContain('geheim');
    expect(envelope).toMatchObject({ error: { details: { causes: ['round'] } } });
  });
});

describe('an error on the screen', () => {
  test('says what failed, where, why, and what to do next', () => {
    expect(errorText(failure(), terminal)).toBe(
      [
        'Error: Step "copy" failed: ended with 1',
        '  On: db2, step transfer.copy',
        '  Cause: : :error::no\\x1b[2J route ⏎ to host',
        '  Next: Look at it.',
      ].join('\n'),
    );
  });

  test('that is a signal is none', () => {
    const error = new ReplctlError({
      code: 'INTERRUPTED',
      message: 'Interrupted by SIGINT.',
      hint: 'Go on with: replctl resume r-1',
    });
    expect(errorText(error, terminal)).toBe('Interrupted by SIGINT.\n  Next: Go on with: replctl resume r-1');
  });

  test('lists the findings of a refusal, errors first', () => {
    const finding = { code: 'OLD', severity: 'warning', node: 'db1', message: 'It is old.', hint: 'Renew it.' };
    const findings = [
      finding,
      { ...finding, code: 'DISK', severity: 'error', message: 'It is full.', hint: '' },
      'nonsense',
    ];
    const error = new ReplctlError({ code: 'PREFLIGHT_REFUSED', message: 'db2 cannot.', details: { findings } });
    expect(errorText(error, terminal)).toBe(
      [
        'Error: db2 cannot.',
        '  error    db1  It is full. (DISK)',
        '  warning  db1  It is old. (OLD)',
        '                Renew it.',
      ].join('\n'),
    );
  });

  test('that nobody expected has its stack', () => {
    const bug = new ReplctlError({ code: 'STEP_FAILED', message: 'x', cause: new TypeError('of undefined') });
    expect(errorText(bug, terminal)).toMatch(/please report it.*\n {4}TypeError: of undefined\n {8}at /);
  });
});
