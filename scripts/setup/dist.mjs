// Node 18 syntax, no dependencies of its own: node_modules must be there.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Directories count too: their time changes with a file that was removed. */
const newest = (path) => {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
};

const isCurrent = (root) => {
  const built = join(root, 'dist', 'main.js');
  if (!existsSync(built)) return false;
  const sources = ['src', 'package.json', 'package-lock.json', 'tsconfig.json'].map((name) => newest(join(root, name)));
  return Math.max(...sources) < statSync(built).mtimeMs;
};

/** Builds dist/ where it is missing or older than src/. */
export const prepareDist = (root, { node, env }) => {
  if (isCurrent(root)) return;
  console.log('Building replctl …');
  const { status } = spawnSync(node, ['scripts/build.mjs'], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed: see above.');
};
