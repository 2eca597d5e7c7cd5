// Runs on whatever Node the machine has, before anything is installed: Node 18 syntax, no dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { missingPackages } from './debian-packages.mjs';

const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Is everything that the lockfile names installed, in that version? Times of files say nothing after a checkout. */
const isCurrent = (root) => {
  const installedLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = packagesOf(installedLock);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  );
};

const isNewEnough = (version) => {
  const [major, minor] = version.replace('v', '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
};

/** The Debian packages with what the Node of package-lock.json is linked to: `npm ci` runs install scripts on it. */
export const nodeLibraries = ['libatomic1'];

/** `npm ci` where it is needed. Returns the environment that the project's tools are run with, and the Node that runs them. */
export const prepareNode = (root) => {
  if (!isCurrent(root)) {
    const missing = missingPackages(nodeLibraries);
    if (missing.length > 0)
      throw new Error(`Node.js needs a library: apt-get install -y ${missing.join(' ')} (as root)`);
    console.log('Installing the packages of package-lock.json (npm ci) …');
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('npm ci failed: see above.');
  }
  const binaries = join(root, 'node_modules', '.bin');
  const bundled = join(binaries, 'node');
  const node = existsSync(bundled) ? bundled : process.execPath;
  if (node === process.execPath && !isNewEnough(process.version)) {
    throw new Error(`Node.js 22.18 or newer is needed and this is ${process.version}: npm ci did not bring its own.`);
  }
  return { node, env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` } };
};
