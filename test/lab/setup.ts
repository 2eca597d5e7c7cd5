import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { must } from './command.ts';

/** The tools the lab calls, each with the Debian package that has it. */
const tools: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  tc: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  flock: 'util-linux',
  losetup: 'mount',
  'mkfs.ext4': 'e2fsprogs',
};

/**
 * Why the lab cannot run on this box, in one line; `undefined` when it can.
 * Looks and tries, changes nothing, takes a few milliseconds: tests skip with this as their reason.
 * Missing packages are no reason while `apt-get` is there to bring them.
 */
export function labUnavailable(): string | undefined {
  if (process.platform !== 'linux') return `the lab boots Linux machines; this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'the lab needs root, for namespaces, mounts and bridges';
  if (!isDebian()) return 'the lab needs Debian: its images come from the mirror in this box’s apt sources';
  if (!existsSync('/usr/bin/apt-get')) return 'the lab needs apt-get, to install its tools';
  for (const need of ['overlay', 'cgroup2'] as const) {
    if (!hasFilesystem(need)) return `the lab needs the ${need} filesystem, and this kernel has none`;
  }
  // The very thing a container without privileges is refused.
  const tried = spawnSync('unshare', ['--mount', '--net', 'sh', '-c', tryBoot], { encoding: 'utf8' });
  if (tried.status !== 0) {
    const why = (tried.error?.message ?? tried.stderr).trim().split('\n').at(-1) ?? '';
    return `the lab needs namespaces, mounts and virtual links, and this box refuses: ${why}`;
  }
  return undefined;
}

/** In namespaces of its own: nothing of it is left. */
const tryBoot = `set -e
mount --make-rprivate /
mount -t cgroup2 none /sys/fs/cgroup
if command -v ip >/dev/null; then ip link add lab0 type bridge; ip link add lab1 type veth peer name lab2; fi`;

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Built in, or a module that mounting would load. */
function hasFilesystem(name: string): boolean {
  if (new RegExp(`\\b${name}$`, 'm').test(readFileSync('/proc/filesystems', 'utf8'))) return true;
  return spawnSync('modprobe', ['--dry-run', name]).status === 0;
}

/** Installs the packages of tools that are not there; returns what it installed. */
export async function installMissing(say: (line: string) => void = () => {}): Promise<string[]> {
  const absent = Object.keys(tools).filter((tool) => !onPath(tool));
  const packages = [...new Set(absent.map((tool) => tools[tool] ?? tool))];
  if (packages.length === 0) return [];
  say(`installing ${packages.join(' ')}`);
  await must(['apt-get', 'update', '-q']);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages], { env });
  return packages;
}

function onPath(tool: string): boolean {
  const path = (process.env['PATH'] ?? '').split(':');
  return [...path, '/usr/sbin', '/sbin'].some((directory) => existsSync(`${directory}/${tool}`));
}
