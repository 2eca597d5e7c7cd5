import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** An account that every system has and that owns nothing, not even the databases that this machine may have already. */
const account = 'nobody';

const ask = (...argv: readonly string[]): string => {
  const { stdout, status } = spawnSync('id', argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`There is no account ${account} on this machine to run the demo as.`);
  return stdout.trim();
};

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** What the package is made of, and what it depends on. */
const filesOf = (root: string): readonly string[] => {
  const { files } = readJson<{ files: readonly string[] }>(join(root, 'package.json'));
  const lock = readJson<{ packages: Readonly<Record<string, { dev?: boolean }>> }>(join(root, 'package-lock.json'));
  const dependencies = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path.lastIndexOf('node_modules/') === 0 && dev !== true)
    .map(([path]) => path);
  return ['package.json', ...files, ...dependencies].filter((path) => existsSync(join(root, path)));
};

/** replctl as its package installs it, with the Node that runs it: a checkout may lie where only root can read. */
const installCopy = (root: string, home: string): readonly string[] => {
  const node = join(home, basename(process.execPath));
  mkdirSync(home);
  cpSync(process.execPath, node, { dereference: true });
  for (const path of filesOf(root)) cpSync(join(root, path), join(home, path), { recursive: true });
  return [node, join(home, 'bin', 'run.js')];
};

/**
 * As root: gives the directory, with a copy of replctl in it, to an unprivileged account and becomes that account, for good. As
 * anybody else: nothing. Returns the argv that replctl is run with.
 */
export const giveUpRoot = (root: string, directory: string): readonly string[] => {
  if (process.getuid?.() !== 0) return [process.execPath, join(root, 'bin', 'run.js')];
  const [uid, gid] = [ask('-u', account), ask('-g', account)];
  const argv = installCopy(root, join(directory, 'replctl'));
  const { status, stderr } = spawnSync('chown', ['-R', `${uid}:${gid}`, directory], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim());
  process.setgroups?.([]);
  process.setgid?.(Number(gid));
  process.setuid?.(Number(uid));
  return argv;
};
