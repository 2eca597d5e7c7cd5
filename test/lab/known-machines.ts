import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What processes other than its owner know of a lab's machine. */
export interface KnownMachine {
  name: string;
  image: string;
  address: string;
  /** The machine through which alone it is reached. */
  jump?: string;
}

export const machinesFile = (labDirectory: string): string => join(labDirectory, 'machines.json');

export async function knownMachines(labDirectory: string): Promise<KnownMachine[]> {
  const text = await readFile(machinesFile(labDirectory), 'utf8').catch(() => '[]');
  return JSON.parse(text) as KnownMachine[];
}
