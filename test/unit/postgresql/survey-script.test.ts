import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { surveyScript } from '../../../src/adapters/postgresql/discover-script.ts';
import { parseSections } from '../../../src/adapters/sections.ts';

/** A cluster's directory with its log elsewhere, and a tablespace that is its own beside one that is not. */
const createCluster = async () => {
  const root = await mkdtemp(join(tmpdir(), 'replctl-survey-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const at = (name: string) => join(root, name);
  await mkdir(at('data/pg_tblspc'), { recursive: true });
  for (const name of ['wal', 'own/PG_17_202406281', 'foreign/PG_17_202406281', 'foreign/lost+found'])
    await mkdir(at(name), { recursive: true });
  await symlink(at('wal'), at('data/pg_wal'));
  await symlink(at('own'), at('data/pg_tblspc/16400'));
  return { at };
};

const survey = (data: string, ...places: readonly string[]) =>
  parseSections(
    spawnSync('sh', ['-s', '--', data, data, '/nowhere', 'light', ...places], { input: surveyScript, encoding: 'utf8' })
      .stdout,
  );

test('tells another cluster’s tablespace from the cluster’s own', async () => {
  const { at } = await createCluster();
  const places = survey(at('data'), at('own'), at('foreign'), at('not there')).rows('place');
  expect(places.map(([path, , , exists, , strangers]) => [path, exists, strangers?.trim()])).toEqual([
    [at('own'), 'yes', ''],
    [at('foreign'), 'yes', 'PG_17_202406281'],
    [at('not there'), '', ''],
  ]);
});

test('knows where the log lies, also in the middle of a swap', async () => {
  const { at } = await createCluster();
  const walOf = (data: string) => survey(data).value('wal-dir');
  expect(walOf(at('data'))).toBe(at('wal'));
  // The copy's own log is staged, and its link leads to where it will lie.
  await mkdir(at('data.replctl-r-0a1b2c3d4e'));
  await symlink(at('wal'), at('data.replctl-r-0a1b2c3d4e/pg_wal'));
  await rename(at('data'), at('data.replctl-aside-r-0a1b2c3d4e'));
  await rename(at('wal'), at('wal.replctl-aside-r-0a1b2c3d4e'));
  expect(walOf(at('data'))).toBe(at('wal'));
});

test('sees no log elsewhere where there is none', async () => {
  const { at } = await createCluster();
  await rm(at('data/pg_wal'));
  expect(survey(at('data')).value('wal-dir')).toBe('');
});
