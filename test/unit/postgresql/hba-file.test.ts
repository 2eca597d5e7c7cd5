import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { replaceScript } from '../../../src/adapters/postgresql/steps/hba-file.ts';

const before = 'local all all peer\n';
const after = `# ours\n${before}`;
const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

const createFile = async () => {
  const root = await mkdtemp(join(tmpdir(), 'replctl-hba-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const path = join(root, 'pg_hba.conf');
  await writeFile(path, before);
  await chmod(path, 0o640);
  return { root, path };
};

const replace = (path: string, input: string, was = before): number | null =>
  spawnSync('bash', ['-c', replaceScript, 'replace', path, sum(was), sum(after)], { input }).status;

describe('an edit of pg_hba.conf', () => {
  test('replaces the file as a whole and leaves nothing else', async () => {
    const { root, path } = await createFile();
    expect(replace(path, after)).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(after);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(root)).toEqual(['pg_hba.conf']);
  });

  test('keeps the time of the last edit by somebody else, so that it is not taken for one', async () => {
    const { path } = await createFile();
    const edited = new Date('2026-03-01T12:00:00Z');
    await utimes(path, edited, edited);
    expect(replace(path, after)).toBe(0);
    expect((await stat(path)).mtime).toEqual(edited);
  });

  test('leaves the file as it was when the connection is cut in the middle of the content', async () => {
    const { root, path } = await createFile();
    expect(replace(path, after.slice(0, 10))).toBe(78);
    expect(replace(path, '')).toBe(78);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(root)).toEqual(['pg_hba.conf']);
  });

  test('leaves a file alone that somebody changed meanwhile', async () => {
    const { root, path } = await createFile();
    expect(replace(path, after, 'what it was before\n')).toBe(75);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(root)).toEqual(['pg_hba.conf']);
  });

  test('goes to the file that a link leads to, and the link stays one', async () => {
    const { root, path } = await createFile();
    await mkdir(join(root, 'etc'));
    const link = join(root, 'etc/pg_hba.conf');
    await symlink(path, link);
    expect(replace(link, after)).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(after);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });
});
