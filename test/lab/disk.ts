import { mkdir, truncate, writeFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SmallDisk } from './boot-script.ts';
import { must } from './command.ts';
import type { Machine } from './machine.ts';

export interface SmallDiskOptions {
  path: string;
  megabytes: number;
  /** Where on this box the disk's file is kept. */
  directory: string;
}

/** Makes an ext4 of that size, whole: no part reserved for root, no `lost+found` that initdb would stumble over. */
export async function makeSmallDisk({ path, megabytes, directory }: SmallDiskOptions): Promise<SmallDisk> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${(await readdir(directory)).length}.img`);
  await writeFile(file, '');
  await truncate(file, megabytes * 1024 * 1024);
  await must(['mkfs.ext4', '-q', '-m', '0', file]);
  await must(['debugfs', '-w', '-R', 'rmdir lost+found', file]);
  return { path, file };
}

/** Mounts one into a running machine. At later boots the boot script does. */
export async function addSmallDisk(machine: Machine, options: SmallDiskOptions): Promise<SmallDisk> {
  const disk = await makeSmallDisk(options);
  const device = (await must(['losetup', '--find', '--show', disk.file])).trim();
  try {
    const [minor] = (await must(['stat', '-c', '%Lr', device])).trim().split(' ');
    // The machine's /dev has no loop devices: it gets a node of its own for as long as mounting takes.
    const script = `
mkdir -p "$1"
owner=$(stat -c '%u:%g' "$1"); mode=$(stat -c %a "$1")
mknod /dev/lab-disk b 7 ${minor}
mount /dev/lab-disk "$1"
rm /dev/lab-disk
chown $owner "$1"; chmod $mode "$1"`;
    const mountOnly = ['nsenter', '--mount', '--target', String(machine.leader)];
    await must([...mountOnly, 'sh', '-ec', script, 'mount', disk.path]);
  } finally {
    // While it is mounted this only says: let go of the file with the last mount.
    await must(['losetup', '--detach', device]);
  }
  return disk;
}
