import { join } from 'node:path';
import { readLabs, type LabRecord } from '../registry.ts';
import { isAlive } from '../process-identity.ts';

/** The name of the lab that the command line speaks of. Who shares a checkout can have another. */
export const handName = (env: NodeJS.ProcessEnv = process.env): string => env['REPLCTL_LAB'] ?? 'hand';

export async function findHandLab(): Promise<LabRecord | undefined> {
  const checkout = join(import.meta.dirname, '..', '..', '..');
  const labs = await readLabs();
  return labs.find((lab) => lab.name === handName() && lab.checkout === checkout && isAlive(lab.owner));
}

export async function handLab(): Promise<LabRecord> {
  const lab = await findHandLab();
  if (lab === undefined) throw new Error('nothing is up: npm run lab -- up leader follower');
  return lab;
}
