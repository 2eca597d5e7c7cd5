// Node 18 syntax, no dependencies of its own: node_modules must be there.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
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

/** Compiles src/ to dist/. tsc writes its output in spite of type errors: false where there were any. */
export const compile = (root, env) => {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  return spawnSync(tsc, ['-p', join(root, 'tsconfig.json')], { stdio: 'inherit', env }).status === 0;
};

/** Compiles where dist/ is missing or older than src/. What else is built lies in the repository. */
export const prepareDist = (root, env) => {
  if (isCurrent(root)) return;
  console.log('Building replctl …');
  if (!compile(root, env)) throw new Error('The build failed: see above.');
};
