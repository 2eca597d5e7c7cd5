// Node 18 syntax, no dependencies: runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const isInstalled = (name) => {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return (stdout ?? '').endsWith(' ok installed');
};

const isRoot = () => process.getuid?.() === 0;

const apt = (...parameters) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', ['-q', '-y', ...parameters], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  if (status !== 0) throw new Error(`apt-get ${parameters.join(' ')} failed: see above.`);
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
  if (!existsSync('/usr/bin/dpkg-query'))
    return `This is not Debian. The tests that need them are skipped without: ${names.join(' ')}`;
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return undefined;
  if (!isRoot()) return `Not root, so nothing is installed; as root: apt-get install ${missing.join(' ')}`;
  console.log(`Installing ${missing.join(' ')} …`);
  apt('update');
  withoutServices(() => {
    const install = () => apt('install', '--no-install-recommends', ...missing);
    if (missing.includes('postgresql')) withoutCluster(install);
    else install();
  });
  return undefined;
};
