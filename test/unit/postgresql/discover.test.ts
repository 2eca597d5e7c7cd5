import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { discover } from '../../../src/adapters/postgresql/discover.ts';
import type { Command, CommandResult } from '../../../src/hosts/host.ts';
import { castOf } from './facts.ts';
import { nodesOf } from './nodes.ts';

/** Runs what it is given on this machine. */
const run = async ({ argv, stdin }: Command): Promise<CommandResult> => {
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), { input: String(stdin), encoding: 'utf8' });
  return { exitCode: status ?? 1, stdout, stderr, stdoutBytes: Buffer.from(stdout) };
};

const dataDirOf = async (dataDir: string): Promise<string | undefined> => {
  const node = nodesOf(castOf()).follower;
  const database = { tablespaces: {}, dataDir, binDir: '/nowhere/bin' };
  const { signal } = new AbortController();
  return (await discover({ ...node, database, host: { ...node.host, run } }, signal)).layout?.dataDir;
};

test('a data directory that is named by a link is the directory, not the link: links are not moved', async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'replctl-discover-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'large disk/pg'), { recursive: true });
  await symlink(join(root, 'large disk/pg'), join(root, 'pg'));
  expect(await dataDirOf(join(root, 'pg'))).toBe(join(root, 'large disk/pg'));
  expect(await dataDirOf(join(root, 'large disk/pg'))).toBe(join(root, 'large disk/pg'));
  // In the middle of a swap the directory is not there.
  await rm(join(root, 'large disk/pg'), { recursive: true });
  expect(await dataDirOf(join(root, 'pg'))).toBe(join(root, 'large disk/pg'));
});
