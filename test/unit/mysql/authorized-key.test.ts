import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  addKeyCommand,
  authorizedLine,
  hasKeyCommand,
  removeKeyCommand,
} from '../../../src/adapters/mysql/mariabackup/authorized-key.ts';
import type { Command } from '../../../src/hosts/host.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'replctl-key-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = ({ argv: [program = '', ...argv] }: Command): boolean => {
  try {
    execFileSync(program, argv, { env: { PATH: process.env['PATH'], HOME: home }, stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
};
const file = () => join(home, '.ssh', 'authorized_keys');
const key = {
  publicKey: 'ssh-ed25519 AAAA',
  comment: 'replctl-r-1',
  command: 'sh -c "echo \\"a b\\" \'c\' $HOME"',
  from: ['10.0.0.12', '::1'],
};

test('a key may do one thing, from one place', () => {
  expect(authorizedLine(key)).toBe(
    String.raw`restrict,from="10.0.0.12,::1",command="sh -c \"echo \\\"a b\\\" 'c' $HOME\"" ssh-ed25519 AAAA replctl-r-1`,
  );
  expect(() => authorizedLine({ ...key, command: 'a\nb' })).toThrow(RangeError);
});

describe('a file of keys', () => {
  test('that was not there comes with the key and goes with it', () => {
    expect(run(addKeyCommand(key))).toBe(true);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(run(hasKeyCommand(key.comment))).toBe(true);
    expect(run(removeKeyCommand(key.comment, false))).toBe(true);
    expect(existsSync(join(home, '.ssh'))).toBe(false);
  });

  test.each([
    ['with a last line that does not end', 'ssh-rsa BBBB somebody', 'ssh-rsa BBBB somebody\n'],
    ['that is whole', '# a comment\n\nssh-rsa BBBB somebody\n', '# a comment\n\nssh-rsa BBBB somebody\n'],
    ['that is empty', '', ''],
  ])('%s keeps what it had, and its mode', (_, before, after) => {
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    writeFileSync(file(), before, { mode: 0o640 });
    expect(run(addKeyCommand(key))).toBe(true);
    expect(run(addKeyCommand(key))).toBe(true);
    expect(readFileSync(file(), 'utf8')).toBe(`${after}${authorizedLine(key)}\n`);
    expect(run(removeKeyCommand(key.comment, true))).toBe(true);
    expect(run(removeKeyCommand(key.comment, true))).toBe(true);
    expect(readFileSync(file(), 'utf8')).toBe(after);
    expect(statSync(file()).mode & 0o777).toBe(0o640);
  });
});
