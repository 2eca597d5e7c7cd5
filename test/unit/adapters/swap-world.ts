import { spawn } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Place } from '../../../src/adapters/places.ts';

export const theRun = 'r-0a1b2c3d4e';

/** In memory where that is possible: the scripts sync after every act. */
const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Every path with what it is: the content of a file, `→ target` of a link, `/` for a directory. */
export type Tree = Readonly<Record<string, string>>;

export const treeOf = async (root: string, at = ''): Promise<Tree> => {
  const tree: Record<string, string> = {};
  for (const name of await readdir(join(root, at)).catch(() => [])) {
    const path = join(at, name);
    const found = await lstat(join(root, path));
    if (found.isSymbolicLink()) tree[path] = `→ ${(await readlink(join(root, path))).replace(root, '')}`;
    else if (found.isDirectory()) Object.assign(tree, { [path]: '/' }, await treeOf(root, path));
    else tree[path] = await readFile(join(root, path), 'utf8');
  }
  return tree;
};

const writeTree = async (root: string, tree: Tree): Promise<void> => {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(join(root, path, content === '/' ? '' : '..'), { recursive: true });
    if (content.startsWith('→ ')) await symlink(content.slice(2), join(root, path));
    else if (content !== '/') await writeFile(join(root, path), content);
  }
};

export interface WorldOptions {
  readonly mode: Place['mode'];
  /** A log directory of its own, and a tablespace that another version's cluster uses too. */
  readonly outside?: boolean;
  /** What is there before: a cluster, an empty directory, nothing. */
  readonly before?: 'cluster' | 'empty' | 'nothing';
}

export interface World {
  readonly root: string;
  readonly places: readonly [Place, ...Place[]];
  tree(): Promise<Tree>;
}

/** Directories as the step before the swap leaves them: a copy in staging, an old cluster in its place. */
export const createWorld = async ({ mode, outside = false, before = 'cluster' }: WorldOptions): Promise<World> => {
  const root = await mkdtemp(join(temporary, 'replctl-swap-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const place = (kind: Place['kind'], name: string, how = mode): Place => {
    const final = join(root, name);
    return how === 'rename'
      ? { kind, mode: how, entries: '*', final, staged: `${final}.staged`, aside: `${final}.aside` }
      : {
          kind,
          mode: how,
          entries: kind === 'tablespace' ? 'PG_17_*' : '*',
          final,
          staged: `${final}/.replctl-${theRun}/staged`,
          aside: `${final}/.replctl-${theRun}/aside`,
        };
  };
  const data = place('data', 'pg data');
  const others = outside ? [place('wal', 'wal'), place('tablespace', 'fast', 'entries')] : [];
  const cluster = (whose: string): Tree => ({
    PG_VERSION: '17\n',
    'base/1/1259': whose,
    // Every entry is a few more places to be killed at.
    ...(outside
      ? { pg_wal: `→ ${join(root, 'wal')}`, 'pg_tblspc/16400': `→ ${join(root, 'fast')}` }
      : { '.hidden': whose, '..odd': whose, 'a name\nof two lines': whose, '-n': whose }),
  });
  if (before === 'cluster') await writeTree(data.final, cluster('old'));
  if (before !== 'nothing') await mkdir(data.final, { recursive: true });
  if (mode === 'entries') await writeTree(data.final, { 'lost+found': '/' });
  await writeTree(data.staged, { ...cluster('new'), 'standby.signal': '', 'replctl.run': `${theRun}\n` });
  if (outside) {
    await writeTree(join(root, 'wal'), { '000000010000000000000001': 'old', archive_status: '/' });
    await writeTree(others[0]!.staged, { '000000010000000000000009': 'new', archive_status: '/' });
    await writeTree(join(root, 'fast'), { 'PG_17_202406281/1/2': 'old', 'PG_15_202209061/1/2': 'of another cluster' });
    await writeTree(others[1]!.staged, { 'PG_17_202406281/1/2': 'new' });
  }
  return { root, places: [data, ...others], tree: () => treeOf(root) };
};

export interface Outcome {
  readonly exitCode: number | null;
  readonly stderr: string;
}

const run = async (argv: readonly string[], path = process.env['PATH'] ?? ''): Promise<Outcome> => {
  // A process group of its own, which a shim can kill.
  const child = spawn(argv[0]!, argv.slice(1), {
    env: { PATH: path },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stderr, exitCode] = await Promise.all([text(child.stderr), ended]);
  return { exitCode, stderr };
};

/** Runs the script for real. */
export const runScript = async (argv: readonly string[]): Promise<Outcome> => run(argv);

const acting = ['mv', 'rmdir', 'touch', 'ln', 'rm'];

/** Runs it for real and kills it, with all that it started, right after so many acts; says how many acts there were. */
export const killScript = async (
  argv: readonly string[],
  after = 1e9,
): Promise<Outcome & { readonly acts: number }> => {
  const shims = await mkdtemp(join(temporary, 'replctl-shims-'));
  const count = join(shims, 'count');
  await writeFile(count, '0\n');
  const shim = (tool: string) => `#!/bin/sh
PATH=${process.env['PATH']} ${tool} "$@"; code=$?
read -r acts <${count}; acts=$((acts + 1)); echo $acts >${count}
[ $acts -lt ${after} ] || kill -9 0
exit $code
`;
  for (const tool of acting) await writeFile(join(shims, tool), shim(tool), { mode: 0o755 });
  const outcome = await run(argv, `${shims}:${process.env['PATH']}`);
  const acts = Number(await readFile(count, 'utf8'));
  await rm(shims, { recursive: true });
  return { ...outcome, acts };
};
