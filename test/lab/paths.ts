import { join } from 'node:path';

/** Images and package files: outside the tree, so that every checkout shares them and none carries them. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env['REPLCTL_LAB_CACHE'] ?? '/var/cache/replctl-lab';
}

/** Disks and keys of running labs. On a real disk: the temporary directory is often small or memory. */
export function labsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env['REPLCTL_LAB_DISKS'] ?? '/var/tmp/replctl-lab';
}

/** One record for each lab of this box; always here, so that every checkout sees every other's labs. */
export const registryDirectory = '/run/replctl-lab';

export const imageDirectory = (key: string): string => join(cacheDirectory(), 'images', key);
