import type { Recipe } from './recipes.ts';
import { quote, quoteAll } from './shell.ts';

export interface BuildPlan {
  recipe: Recipe;
  /** The finished image this one starts from. */
  base?: string;
  /** Where to build; becomes the image when the script succeeded. */
  target: string;
  mirror: string;
  /** Package files kept between builds. Per suite: apt locks it. */
  packages: string;
}

/** The shell script that builds one image. Run in mount and PID namespaces of its own: what it mounts and starts ends with it. */
export function imageScript(plan: BuildPlan): string {
  const target = quote(plan.target);
  return [
    'set -e',
    'mount --make-rprivate /',
    'export DEBIAN_FRONTEND=noninteractive LC_ALL=C',
    `mkdir -p ${quote(plan.packages)}/partial`,
    plan.base === undefined ? bootstrap(plan) : `cp -a --reflink=auto ${quote(plan.base)} ${target}`,
    `mount --bind ${quote(plan.packages)} ${target}/var/cache/apt/archives`,
    `mount -t proc proc ${target}/proc`,
    `cp -L /etc/resolv.conf ${target}/etc/resolv.conf`,
    `chroot ${target} sh -e <<'IN_THE_IMAGE'`,
    plan.base === undefined ? server(plan.recipe) : install(plan.recipe),
    'IN_THE_IMAGE',
    `umount ${target}/proc ${target}/var/cache/apt/archives`,
  ].join('\n');
}

/** The clock of a box that sleeps, and sid's short-lived index, must not stop a build. */
const apt = '-o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false';

function bootstrap({ recipe, target, mirror, packages }: BuildPlan): string {
  const options = ['--variant=minbase', `--cache-dir=${packages}`, `--include=${recipe.packages.join(',')}`];
  return `debootstrap ${quoteAll([...options, recipe.suite, target, mirror])}`;
}

/**
 * Users as operators have them: one with sudo, one without. Host keys and machine id are each machine's own.
 * Newer sshd shuts out an address after a few refused logins; in a lab every test comes from the same address.
 */
function server(recipe: Recipe): string {
  return `
sed -i 's/^# *en_US.UTF-8/en_US.UTF-8/' /etc/locale.gen
locale-gen >/dev/null
echo LANG=en_US.UTF-8 >/etc/default/locale
[ ! -e /etc/locale.conf ] || [ -L /etc/locale.conf ] || echo LANG=en_US.UTF-8 >/etc/locale.conf
for user in ops nosudo; do useradd --create-home --shell /bin/bash $user; done
for home in /root /home/ops /home/nosudo; do
  install -d -m 700 -o $(stat -c %U $home) -g $(stat -c %G $home) $home/.ssh
done
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops
chmod 440 /etc/sudoers.d/ops
echo 'HostKey /etc/ssh/ssh_host_ed25519_key' >/etc/ssh/sshd_config.d/lab.conf
${recipe.suite === 'bookworm' ? '' : "echo 'PerSourcePenalties no' >>/etc/ssh/sshd_config.d/lab.conf"}
systemctl mask ${masked.join(' ')} 2>/dev/null
rm -f /etc/ssh/ssh_host_* /etc/resolv.conf /etc/hostname
: >/etc/machine-id
`;
}

/** A machine without a console or a way out; each of these would only cost time at boot or later. */
const masked = [
  'sshd-keygen.service',
  'getty@.service',
  'console-getty.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
];

const install = (recipe: Recipe): string =>
  recipe.mysql === undefined ? installPostgres(recipe) : installMysql(recipe);

/** The package would make a cluster here, and all machines would have its system identifier: each makes its own. */
function installPostgres(recipe: Recipe): string {
  return `
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
conf=/etc/postgresql-common/createcluster.conf
mkdir -p /etc/postgresql-common
[ -e $conf ] || echo create_main_cluster=false >$conf
apt-get ${apt} update -q
apt-get ${apt} install -q -y --no-install-recommends ${quoteAll(recipe.packages)}
if grep -qx create_main_cluster=false $conf; then cp /usr/share/postgresql-common/createcluster.conf $conf; fi
rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d /etc/resolv.conf
`;
}

/** The package's own data directory is kept where nothing is mounted over it: each machine begins with a copy. */
function installMysql(recipe: Recipe): string {
  return `
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
apt-get ${apt} update -q
apt-get ${apt} install -q -y --no-install-recommends ${quoteAll(recipe.packages)} || {
  tail -n 40 /var/log/mysql/error.log >&2
  exit 1
}
mkdir -p /usr/local/lib/lab
mv /var/lib/mysql /usr/local/lib/lab/mysql
rm -f /usr/local/lib/lab/mysql/auto.cnf /usr/local/lib/lab/mysql/*.pid
install -d -o mysql -g mysql -m 755 /var/lib/mysql
rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d /etc/resolv.conf
`;
}
