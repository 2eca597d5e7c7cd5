import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootPlan } from './boot-script.ts';
import { makeSmallDisk } from './disk.ts';
import { makeKey } from './keys.ts';
import type { Link } from './link.ts';
import { Machine } from './machine.ts';
import type { PostgresSettings } from './postgres-settings.ts';
import { recipes, type ImageName } from './recipes.ts';
import type { LabRecord } from './registry.ts';

export interface MachineOptions {
  /** A host name: small letters, digits, `-`. */
  name: string;
  /** Default `trixie`. An image `…-base` has no database server at all. */
  image?: ImageName;
  /** `false` leaves the server's package without a cluster. */
  cluster?: boolean;
  /** More options for initdb: `--data-checksums`, `--wal-segsize=1`. */
  initdb?: readonly string[];
  /** Settings the cluster starts with; saves the restart that `postgres.set` costs. */
  settings?: PostgresSettings;
  /**
   * Of MySQL and MariaDB. By default the package's, which is a mount point; a directory named here has a mount point as its parent, so that it can be
   * renamed.
   */
  dataDirectory?: string;
  /** Filesystems of their own, path to megabytes, there before the cluster is made. */
  disks?: Readonly<Record<string, number>>;
  /** Where its files are kept; memory is quicker, and takes from this box's. Default `disk`. */
  disk?: 'disk' | 'memory';
  /** Puts it on a network that only such a machine and its like can reach. */
  behind?: Machine;
}

export interface MakingOptions extends MachineOptions {
  record: LabRecord;
  /** Counts the lab's machines from 1. */
  number: number;
  images: ReadonlyMap<ImageName, string>;
}

/** Lays out a machine's directory; the machine is off. */
export async function makeMachine(options: MakingOptions): Promise<Machine> {
  const { name, image = 'trixie', record, number, behind } = options;
  if (!/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/.test(name)) throw new Error(`${name} is no name for a machine`);
  const directory = join(record.directory, options.disk === 'memory' ? 'memory' : 'machines', name);
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  const hostKey = await makeKey(join(directory, 'keys', 'host'));
  await copyFile(join(record.directory, 'id_ed25519.pub'), join(directory, 'keys', 'authorized'));
  const disks = [];
  for (const [path, megabytes] of Object.entries(options.disks ?? {})) {
    disks.push(await makeSmallDisk({ path, megabytes, directory: join(directory, 'disks') }));
  }
  const plan: BootPlan = {
    labId: record.id,
    name,
    image: options.images.get(image) ?? '',
    recipe: recipes[image],
    directory,
    links: [behind === undefined ? openLink(record, number) : { ...hiddenLink(record, number), device: 'eth0' }],
    disks,
    cluster: options.cluster ?? true,
    initdb: options.initdb ?? [],
    settings: options.settings ?? {},
    ...(options.dataDirectory === undefined ? {} : { dataDirectory: options.dataDirectory }),
    owner: process.pid,
  };
  return new Machine(plan, image, hostKey);
}

const openLink = (record: LabRecord, number: number): Link => ({
  bridge: record.id,
  port: `${record.id}-${number}`,
  device: 'eth0',
  address: `${record.network}.${10 + number}`,
});

/** A link into the network behind the bastions. */
export const hiddenLink = (record: LabRecord, number: number): Link => ({
  bridge: `${record.id}h`,
  port: `${record.id}h-${number}`,
  device: 'eth1',
  address: `${record.hiddenNetwork}.${10 + number}`,
});
