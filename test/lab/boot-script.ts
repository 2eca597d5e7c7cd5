import { join } from 'node:path';
import { settingLine, type PostgresSettings } from './postgres-settings.ts';
import { plugIn, type Link } from './link.ts';
import { bindMysql, prepareMysql } from './mysql-data.ts';
import type { Recipe } from './recipes.ts';
import { quote } from './shell.ts';

export interface SmallDisk {
  /** Where the machine sees it. */
  path: string;
  /** The file that holds it, on this box. */
  file: string;
}

export interface BootPlan {
  labId: string;
  name: string;
  image: string;
  recipe: Recipe;
  /** The machine's own directory: `upper`, `data`, `keys`, `disks`. */
  directory: string;
  links: readonly Link[];
  disks: readonly SmallDisk[];
  cluster: boolean;
  initdb: readonly string[];
  /** Written for the cluster before its first start. */
  settings: PostgresSettings;
  /** Of MySQL and MariaDB, where it is not the package's. */
  dataDirectory?: string;
  owner: number;
}

/**
 * Turns the shell that runs it, in mount and network namespaces of its own, into a booted machine.
 * Every mount and link is made in here and so ends with the machine, however that ends.
 */
export function bootScript(plan: BootPlan): string {
  const at = (...parts: string[]) => quote(join(plan.directory, ...parts));
  const root = at('root');
  return [
    'set -e',
    'mount --make-rprivate /',
    ...memoryLimit(plan),
    // systemd-nspawn wants the one hierarchy. A group for each machine, or two would share one systemd's tree.
    'umount -l /sys/fs/cgroup 2>/dev/null || true',
    'mount -t cgroup2 none /sys/fs/cgroup',
    `group=/sys/fs/cgroup/${plan.labId}/${plan.name}`,
    '[ ! -d $group ] || find $group -depth -type d -exec rmdir {} +',
    'mkdir -p $group',
    // Where the box has the older hierarchies this file is not there, and the limit above holds.
    '[ ! -e $group/memory.max ] || echo 4G >$group/memory.max',
    'echo $$ >$group/cgroup.procs',
    `mkdir -p ${at('upper')} ${at('work')} ${root} ${at('data')}`,
    `mount -t overlay overlay -o lowerdir=${quote(plan.image)},upperdir=${at('upper')},workdir=${at('work')} ${root}`,
    ...data(plan, at, root),
    ...plan.disks.flatMap(({ path, file }) => [
      `mkdir -p ${root}${quote(path)}`,
      // Owner and mode are those of what it covers.
      `covered=$(stat -c '%u:%g %a' ${root}${quote(path)})`,
      `mount -o loop ${quote(file)} ${root}${quote(path)}`,
      `chown "\${covered% *}" ${root}${quote(path)} && chmod "\${covered#* }" ${root}${quote(path)}`,
    ]),
    `if [ ! -e ${at('prepared')} ]; then`,
    ...prepare(plan, at, root),
    `  touch ${at('prepared')}`,
    'fi',
    'ip link set lo up',
    ...plan.links.flatMap((link) => plugIn(link, plan.owner)),
    ...nspawn(plan, root),
  ].join('\n');
}

/** A server that runs wild is killed in its machine, not this box's other processes in its stead. */
function memoryLimit({ labId, name }: BootPlan): string[] {
  return [
    'if [ -d /sys/fs/cgroup/memory ]; then',
    `  limited=/sys/fs/cgroup/memory/${labId}/${name}`,
    '  mkdir -p $limited && echo 4G >$limited/memory.limit_in_bytes && echo $$ >$limited/cgroup.procs',
    'fi',
  ];
}

/** Exit code 133 is a reboot from inside: on the same network and disk, as a machine does. */
function nspawn({ labId, name }: BootPlan, root: string): string[] {
  const options = [
    `--directory=${root} --machine=${labId}-${name} --hostname=${name} --boot`,
    '--network-namespace-path=/proc/self/ns/net --register=no --keep-unit',
    '--resolv-conf=off --timezone=off --link-journal=no --console=pipe --quiet',
  ];
  return [
    // Where nspawn keeps its locks and what it would share with the machine: ours too.
    'mkdir -p /run/systemd/nspawn && mount -t tmpfs tmpfs /run/systemd/nspawn',
    'while status=0; do',
    `  setpriv --pdeathsig KILL systemd-nspawn ${options.join(' ')} || status=$?`,
    '  [ $status -eq 133 ] || exit $status',
    'done',
  ];
}

/** A database's files must not lie on the overlay: renaming a directory that comes from the image fails there. */
function data(plan: BootPlan, at: (...parts: string[]) => string, root: string): string[] {
  if (plan.recipe.mysql !== undefined) return bindMysql(plan, at, root);
  if (plan.recipe.postgresql === undefined) return [];
  return [
    `chown --reference=${root}/var/lib/postgresql ${at('data')}`,
    `mount --bind ${at('data')} ${root}/var/lib/postgresql`,
  ];
}

/** Once, before the first boot: what makes this machine another one than its sisters. */
function prepare(plan: BootPlan, at: (...parts: string[]) => string, root: string): string[] {
  const { name, recipe } = plan;
  const lines = [
    `install -m 600 ${at('keys', 'host')} ${root}/etc/ssh/ssh_host_ed25519_key`,
    `install -m 644 ${at('keys', 'host.pub')} ${root}/etc/ssh/ssh_host_ed25519_key.pub`,
    'for home in root home/ops home/nosudo; do',
    `  install -m 600 ${at('keys', 'authorized')} ${root}/$home/.ssh/authorized_keys`,
    `  chown --reference=${root}/$home ${root}/$home/.ssh/authorized_keys`,
    'done',
    `echo ${name} >${root}/etc/hostname`,
    `printf '127.0.0.1 localhost\\n127.0.1.1 ${name}\\n' >${root}/etc/hosts`,
    `tr -d - </proc/sys/kernel/random/uuid >${root}/etc/machine-id`,
  ];
  if (recipe.mysql !== undefined) lines.push(...prepareMysql(plan, root));
  if (recipe.postgresql !== undefined && plan.cluster) {
    const options = ['--no-sync', ...plan.initdb].map(quote).join(' ');
    lines.push(
      // initdb tries here what kind of shared memory the server can use.
      `mount -t tmpfs tmpfs ${root}/dev/shm`,
      `LANG=en_US.UTF-8 chroot ${root} pg_createcluster ${recipe.postgresql} main -- ${options}`,
      `umount ${root}/dev/shm`,
      ...Object.entries(plan.settings).map(
        (setting) =>
          `echo ${quote(settingLine(setting))} >>${root}/var/lib/postgresql/${recipe.postgresql}/main/postgresql.auto.conf`,
      ),
    );
  }
  return lines.map((line) => `  ${line}`);
}
