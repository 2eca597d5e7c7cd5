import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closeScript } from '../../../src/adapters/close-place.ts';
import { swapEngine } from '../../../src/adapters/postgresql/swap-engine.ts';
import { restoreCommand, swapCommand } from '../../../src/adapters/swap-script.ts';
import { createWorld, killScript, runScript, theRun, type Tree, type World, type WorldOptions } from './swap-world.ts';

const worlds: readonly (readonly [string, WorldOptions])[] = [
  ['a data directory that is renamed', { mode: 'rename' }],
  ['a data directory that is a mount point', { mode: 'entries' }],
  ['directories that are renamed, the log and a tablespace elsewhere', { mode: 'rename', outside: true }],
  ['mount points, the log and a tablespace elsewhere', { mode: 'entries', outside: true }],
  ['an empty data directory', { mode: 'rename', before: 'empty' }],
  ['an empty mount point', { mode: 'entries', before: 'empty' }],
  ['no data directory', { mode: 'rename', before: 'nothing' }],
];

const swap = ({ places }: World) => runScript(swapCommand(theRun, places, swapEngine));
const restore = ({ places }: World) => runScript(restoreCommand(theRun, places, swapEngine));
const killSwap = ({ places }: World, after?: number) => killScript(swapCommand(theRun, places, swapEngine), after);
const killRestore = ({ places }: World, after?: number) =>
  killScript(restoreCommand(theRun, places, swapEngine), after);

/** What the server finds at its places, and the other cluster with which it shares a tablespace; not what lies aside. */
const served = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).filter(([path]) => /^(pg data|wal|fast)(\/|$)/.test(path) && !path.includes('/.replctl-')),
  );

/** Would a server start there, and find files of both? */
const isHalfOfEach = (tree: Tree): boolean => {
  const contents = Object.values(served(tree));
  return tree['pg data/PG_VERSION'] !== undefined && contents.includes('old') && contents.includes('new');
};

const aside = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).filter(([path]) => /^pg data(\.aside|\/\.replctl-[^/]*\/aside)\//.test(path)),
  );

describe.each(worlds)('with %s, the swap', { timeout: 120_000 }, (_, options) => {
  test('puts the copy in place and keeps what was there, every entry of it', async () => {
    const world = await createWorld(options);
    const before = await world.tree();
    expect(await swap(world)).toMatchObject({ exitCode: 0, stderr: '' });
    const after = await world.tree();
    expect(after).toMatchObject({
      'pg data/PG_VERSION': '17\n',
      'pg data/base/1/1259': 'new',
      'pg data/standby.signal': '',
      'pg data/replctl.run': `${theRun}\n`,
    });
    const outside = {
      'wal/000000010000000000000009': 'new',
      'fast/PG_17_202406281/1/2': 'new',
      'fast/PG_15_202209061/1/2': 'of another cluster',
      'pg data/pg_wal': '→ /wal',
    };
    expect(after).toMatchObject(options.outside ? outside : {});
    expect(after).not.toHaveProperty('wal/000000010000000000000001');
    // Nothing is lost: as many files of the old cluster as there were.
    const old = (tree: Tree) => Object.values(tree).filter((content) => content === 'old').length;
    expect(old(after)).toBe(old(before));
    expect(Object.values(served(after))).not.toContain('old');
    expect(Object.keys(aside(after)).length).toBeGreaterThan(options.before === undefined ? 4 : -1);
  });

  test('changes nothing when it runs again', async () => {
    const world = await createWorld(options);
    await swap(world);
    const once = await world.tree();
    expect(await swap(world)).toMatchObject({ exitCode: 0 });
    expect(await world.tree()).toEqual(once);
  });

  test('comes to the same end, after whichever act it is killed', async () => {
    const whole = await createWorld(options);
    const { acts } = await killSwap(whole);
    const end = await whole.tree();
    expect(acts).toBeGreaterThan(0);
    for (let act = 1; act <= acts; act++) {
      const world = await createWorld(options);
      expect(await killSwap(world, act)).toMatchObject({ acts: act, exitCode: null });
      expect(isHalfOfEach(await world.tree()), `after act ${act}`).toBe(false);
      expect(await swap(world), `after act ${act}`).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await world.tree(), `after act ${act}`).toEqual(end);
    }
  });
});

describe.each(worlds)('with %s, the way back', { timeout: 120_000 }, (_, options) => {
  test('brings back what was there', async () => {
    const world = await createWorld(options);
    const before = served(await world.tree());
    await swap(world);
    expect(await restore(world)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(served(await world.tree())).toEqual(before);
    expect(await restore(world)).toMatchObject({ exitCode: 0 });
    expect(served(await world.tree())).toEqual(before);
  });

  test('brings it back, after whichever act the swap was killed', async () => {
    const { acts } = await killSwap(await createWorld(options));
    for (let act = 1; act <= acts; act++) {
      const world = await createWorld(options);
      const before = served(await world.tree());
      await killSwap(world, act);
      expect(await restore(world), `after act ${act}`).toMatchObject({ exitCode: 0, stderr: '' });
      expect(served(await world.tree()), `after act ${act}`).toEqual(before);
    }
  });

  test('brings it back, after whichever act it is killed itself', async () => {
    const measured = await createWorld(options);
    await swap(measured);
    const { acts } = await killRestore(measured);
    for (let act = 1; act <= acts; act++) {
      const world = await createWorld(options);
      const before = served(await world.tree());
      await swap(world);
      expect(await killRestore(world, act)).toMatchObject({ acts: act, exitCode: null });
      expect(isHalfOfEach(await world.tree()), `after act ${act}`).toBe(false);
      expect(await restore(world), `after act ${act}`).toMatchObject({ exitCode: 0, stderr: '' });
      expect(served(await world.tree()), `after act ${act}`).toEqual(before);
    }
  });
});

describe('the swap refuses', () => {
  test.each(['rename', 'entries'] as const)('while a server runs there (%s)', async (mode) => {
    const world = await createWorld({ mode });
    const server = spawn('sleep', ['60']);
    try {
      await writeFile(join(world.places[0].final, 'postmaster.pid'), `${server.pid}\n`);
      const before = await world.tree();
      expect(await swap(world)).toMatchObject({
        exitCode: 1,
        stderr: `a server still runs in ${world.root}/pg data\n`,
      });
      expect(await world.tree()).toEqual(before);
    } finally {
      server.kill();
    }
  });

  test('to touch a tablespace that another cluster has there, and has moved nothing by then', async () => {
    const world = await createWorld({ mode: 'rename', outside: true });
    await rm(join(world.places[0].final, 'pg_tblspc/16400'));
    const before = await world.tree();
    expect(await swap(world)).toMatchObject({
      exitCode: 1,
      stderr: `${world.root}/fast holds PG_17_* of a cluster that is not the one in ${world.root}/pg data: it was left alone\n`,
    });
    expect(await world.tree()).toEqual(before);
  });

  test('to call another run’s copy its own', async () => {
    const world = await createWorld({ mode: 'rename' });
    expect(await runScript(swapCommand('r-9999999999', world.places, swapEngine))).toMatchObject({
      exitCode: 1,
      stderr: `${world.root}/pg data is not the copy of r-9999999999\n`,
    });
  });
});

describe('when a run that put old data aside is closed', () => {
  const close = ({ places }: World) =>
    runScript([
      'sh',
      '-c',
      closeScript,
      'close',
      ...places.filter(({ mode }) => mode === 'entries').map(({ staged }) => dirname(staged)),
    ]);

  test('the way back is still open, for an abandon that comes after that', async () => {
    const world = await createWorld({ mode: 'entries', outside: true });
    const before = served(await world.tree());
    await swap(world);
    const swapped = served(await world.tree());
    expect(await close(world)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(served(await world.tree())).toEqual(swapped);
    expect(await restore(world)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(served(await world.tree())).toEqual(before);
  });

  test('nothing of the run is left in a place where there was no old data', async () => {
    const world = await createWorld({ mode: 'entries', before: 'empty' });
    await swap(world);
    await close(world);
    expect(Object.keys(await world.tree()).filter((path) => path.includes('.replctl'))).toEqual([]);
  });
});

test('the way back leaves a directory alone that no run put there', async () => {
  const world = await createWorld({ mode: 'rename' });
  const before = await world.tree();
  expect(await restore(world)).toMatchObject({ exitCode: 0 });
  expect(await world.tree()).toEqual(before);
});
