import { appendFile, chmod, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalStore, stateDirectory } from '../../../src/workflow/local-store.ts';

const run = 'r-0123456789';
let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'replctl-store-'));
});
afterEach(async () => {
  await rm(base, { recursive: true });
});

describe('the state directory', () => {
  test('is named by the environment, or lies in the home directory', () => {
    expect(stateDirectory({}, '/home/ops')).toBe('/home/ops/.local/state/replctl');
    expect(stateDirectory({ XDG_STATE_HOME: '/state' }, '/home/ops')).toBe('/state/replctl');
    expect(stateDirectory({ XDG_STATE_HOME: 'state' }, '/home/ops')).toBe('/home/ops/.local/state/replctl');
    expect(stateDirectory({ XDG_STATE_HOME: '/state', REPLCTL_STATE_DIR: '/own' }, '/home/ops')).toBe('/own');
  });
});

describe('the local store', () => {
  test('keeps lines in a file and directories that nobody else can read', async () => {
    const store = createLocalStore(join(base, 'state'));
    await store.append(run, '{"a":1}');
    await store.append(run, '{"b":2}');
    expect(await store.read(run)).toBe('{"a":1}\n{"b":2}\n');
    expect(await store.list()).toEqual([run]);
    const modes = ['state', 'state/runs', `state/runs/${run}`, `state/runs/${run}/journal.ndjson`].map(
      async (path) => (await stat(join(base, path))).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o700, 0o600]);
  });

  test('starts a new line after one that was torn', async () => {
    const store = createLocalStore(base);
    await store.append(run, '{"a":1}');
    await appendFile(join(base, 'runs', run, 'journal.ndjson'), '{"b":');
    await store.append(run, '{"c":3}');
    expect(await store.read(run)).toBe('{"a":1}\n{"b":\n{"c":3}\n');
  });

  test('has nothing where there is nothing', async () => {
    const store = createLocalStore(join(base, 'nowhere'));
    expect(await store.read(run)).toBeUndefined();
    expect(await store.list()).toEqual([]);
  });

  test('takes no path for a run id', async () => {
    const store = createLocalStore(base);
    await expect(store.append('../../etc', '{}')).rejects.toThrow('Not a run id');
    await expect(store.read('r-/../../../x')).rejects.toThrow('Not a run id');
  });

  test('is found writable without a trace', async () => {
    const store = createLocalStore(base);
    await store.ensureWritable();
    expect(await readdir(join(base, 'runs'))).toEqual([]);
  });

  test('that cannot be written is an error that names the path and the way out', async () => {
    const file = join(base, 'file');
    await appendFile(file, '');
    const store = createLocalStore(join(file, 'state'));
    const expected = {
      code: 'STATE_UNWRITABLE',
      message: expect.stringContaining(file),
      hint: expect.stringContaining('REPLCTL_STATE_DIR'),
    };
    await expect(store.ensureWritable()).rejects.toMatchObject(expected);
    await expect(store.append(run, '{}')).rejects.toMatchObject(expected);
    expect(await readFile(file, 'utf8')).toBe('');
    await chmod(file, 0o600);
  });
});
