import { describe, expect, test } from 'vitest';
import { Marks } from '../../../src/hosts/marks.ts';

const report = (text: string, size = text.length) => {
  const marks = new Marks('N1');
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) marks.feed(bytes.subarray(at, at + size));
  return marks.report();
};

describe('Marks', () => {
  test('takes our lines out and leaves the command its own', () => {
    expect(report('N1 start 42\nwarning: é\nN1 exit 3\n')).toEqual({
      pid: 42,
      exitCode: 3,
      leaseLost: false,
      stderr: 'warning: é\n',
    });
  });

  test('finds them in whatever pieces they come', () => {
    for (const size of [1, 2, 3, 7]) {
      expect(report('N1 start 42\nx\nN1 exit 255\n', size)).toMatchObject({ pid: 42, exitCode: 255, stderr: 'x\n' });
    }
  });

  test('drops what start-up files wrote before the command began', () => {
    expect(report('bash: warning: setlocale\nN1 start 42\nown\nN1 exit 0\n').stderr).toBe('own\n');
  });

  test('keeps what was written instead of a beginning', () => {
    expect(report('sudo: a password is required\nN1 exit 1\n')).toMatchObject({
      pid: undefined,
      exitCode: 1,
      stderr: 'sudo: a password is required\n',
    });
  });

  test('believes no other nonce', () => {
    expect(report('N2 exit 0\nN1 start 7\n')).toMatchObject({ exitCode: undefined });
  });

  test('finds the end behind text without a last newline', () => {
    expect(report('N1 start 42\nno newlineN1 exit 1\n')).toMatchObject({ exitCode: 1, stderr: 'no newline' });
  });
});
