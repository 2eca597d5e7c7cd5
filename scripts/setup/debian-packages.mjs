// Node 18 syntax, no dependencies: runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const isDebian = existsSync('/usr/bin/dpkg-query');

const isInstalled = (name) => {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return (stdout ?? '').endsWith(' ok installed');
};

const isRoot = () => process.getuid?.() === 0;

/** Which of the packages are to be installed. None on a system that has no Debian packages. */
export const missingPackages = (names) => (isDebian ? names.filter((name) => !isInstalled(name)) : []);

/** Its output is of interest only where it fails. */
const apt = (...parameters) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', ['-q', '-y', ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env,
  });
  if (status === 0) return;
  console.error(`${stdout}${stderr}`);
  throw new Error(`apt-get ${parameters.join(' ')} failed: see above.`);
};

/** Ctrl-C ends apt-get, not us, who have files to put back. */
const uninterrupted = (install) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const ignore = () => {};
  for (const signal of signals) process.on(signal, ignore);
  try {
    install();
  } finally {
    for (const signal of signals) process.off(signal, ignore);
  }
};

const policy = '/usr/sbin/policy-rc.d';
const clusters = '/etc/postgresql-common/createcluster.conf';

/** While `install` runs, packages start no service: neither sshd nor a database is wanted on this machine itself. */
const withoutServices = (install) => {
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
  try {
    install();
  } finally {
    rmSync(policy, { force: true });
  }
};

/** While `install` runs, the PostgreSQL packages make no cluster. */
const withoutCluster = (install) => {
  if (!isInstalled('postgresql-common')) apt('install', '--no-install-recommends', 'postgresql-common');
  const before = readFileSync(clusters, 'utf8');
  writeFileSync(clusters, `${before}\ncreate_main_cluster = false\n`);
  try {
    install();
  } finally {
    writeFileSync(clusters, before);
  }
};

/**
 * Installs what is missing of the named Debian packages. Returns a line that says what to install where that may not be done here;
 * undefined where all is there.
 */
export const installPackages = (names) => {
  if (!isDebian) return `This is not Debian. The tests that need them are skipped without: ${names.join(' ')}`;
  const missing = missingPackages(names);
  if (missing.length === 0) return undefined;
  if (!isRoot()) return `Not root, so nothing is installed; as root: apt-get install ${missing.join(' ')}`;
  console.log(`Installing ${missing.join(' ')} …`);
  const install = () => apt('install', '--no-install-recommends', ...missing);
  uninterrupted(() => {
    apt('update');
    withoutServices(() => (missing.includes('postgresql') ? withoutCluster(install) : install()));
  });
  return undefined;
};
