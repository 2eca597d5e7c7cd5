import { inspect } from 'node:util';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SecretSource } from '../../../src/fleet/schema.ts';
import { secretReader } from '../../../src/fleet/secrets.ts';
import { load, ownDirectory, withNodes } from './fleet-file.ts';

const reader = (source: SecretSource, environment: Record<string, string> = {}, directory = '/') =>
  secretReader(source, {
    what: 'adminPassword of db1',
    node: 'db1',
    environment,
    resolvePath: (path) => join(directory, path),
  });

const file = async (content: string, mode: number): Promise<{ directory: string }> => {
  const directory = await ownDirectory();
  await writeFile(join(directory, 'secret'), content);
  await chmod(join(directory, 'secret'), mode);
  return { directory };
};

describe('a secret', () => {
  test('comes from the environment', async () => {
    await expect(reader({ env: 'DB' }, { DB: 's3 cret' })()).resolves.toBe('s3 cret');
    await expect(reader({ env: 'DB' })()).rejects.toMatchObject({
      code: 'FLEET_INVALID',
      node: 'db1',
      message: 'The adminPassword of db1 cannot be read: the environment variable DB is not set.',
    });
  });

  test('comes from a file, without its last line break', async () => {
    const { directory } = await file('s3 cret\n', 0o600);
    await expect(reader({ file: 'secret' }, {}, directory)()).resolves.toBe('s3 cret');
  });

  test.each([0o640, 0o604, 0o620])('is not read from a file with mode %i', async (mode) => {
    const { directory } = await file('s3cret\n', mode);
    await expect(reader({ file: 'secret' }, {}, directory)()).rejects.toMatchObject({
      code: 'FLEET_INVALID',
      message: expect.stringContaining('is open to other users'),
      hint: expect.stringContaining('chmod 600'),
    });
  });

  test.each(['', '\n', 'one\ntwo\n'])('of the form %j is refused', async (content) => {
    const { directory } = await file(content, 0o600);
    await expect(reader({ file: 'secret' }, {}, directory)()).rejects.toMatchObject({ code: 'FLEET_INVALID' });
  });

  test('comes from a command that no shell sees', async () => {
    await expect(reader({ command: ['printf', '%s', '$HOME; a "b"'] })()).resolves.toBe('$HOME; a "b"');
  });

  test('is not told when the command that gives it fails', async () => {
    const failed = reader({ command: ['sh', '-c', 'echo s3cret; echo no key >&2; exit 3'] })();
    const error = await failed.catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty('message', 'The adminPassword of db1 cannot be read: sh: exit 3, "no key".');
    expect(inspect(error)).not.toContain('s3cret');
    await expect(reader({ command: ['/no/such/program'] })()).rejects.toThrow('exit ENOENT');
  });

  test('is read when it is asked for, not when the fleet file is', async () => {
    const fleet = await load(withNodes('db1: { host: a, database: { adminPassword: { env: NOT_SET } } }'));
    await expect(fleet.leader.database.adminPassword?.()).rejects.toMatchObject({ code: 'FLEET_INVALID' });
    expect(JSON.stringify(fleet)).not.toContain('adminPassword');
  });
});
