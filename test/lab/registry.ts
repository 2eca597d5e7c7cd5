import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanScript } from './cleaning.ts';
import { must } from './command.ts';
import { withLock } from './lock.ts';
import { labsDirectory, registryDirectory } from './paths.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

/** One running lab, as every process of this box can see it. */
export interface LabRecord {
  /** Also the name of its bridge, and the start of every link's and control group's name. */
  id: string;
  name: string;
  checkout: string;
  owner: ProcessIdentity;
  directory: string;
  /** The first three numbers of its network, and of the one behind its bastions. */
  network: string;
  hiddenNetwork: string;
}

const recordFile = (id: string): string => join(registryDirectory, `${id}.json`);

export async function readLabs(): Promise<LabRecord[]> {
  const files = await readdir(registryDirectory).catch(() => []);
  const labs: LabRecord[] = [];
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const text = await readFile(join(registryDirectory, file), 'utf8').catch(() => undefined);
    if (text !== undefined) labs.push(JSON.parse(text) as LabRecord);
  }
  return labs;
}

/** Takes an identity and a subnet that nobody on this box has, after removing what dead owners left. */
export async function register(name: string, checkout: string): Promise<LabRecord> {
  return withLock(join(registryDirectory, 'registry.lock'), async () => {
    await sweep();
    const taken = await readLabs();
    const routes = await must(['ip', '-4', 'route', 'show', 'table', 'all']);
    const owner = identify(process.pid);
    if (owner === undefined) throw new Error('this process does not find itself in /proc');
    for (let attempt = 0; attempt < 1000; attempt++) {
      const seed = createHash('sha256')
        .update(JSON.stringify([checkout, name, process.pid, attempt]))
        .digest();
      const id = `rl${seed.toString('hex', 0, 3)}`;
      const [network, hiddenNetwork] = subnets(seed);
      const collides = taken.some((lab) => lab.id === id || lab.network === network);
      if (collides || routes.includes(`${network}.`) || routes.includes(`${hiddenNetwork}.`)) continue;
      const record = { id, name, checkout, owner, directory: join(labsDirectory(), id), network, hiddenNetwork };
      await mkdir(record.directory, { recursive: true, mode: 0o711 });
      await writeFile(recordFile(id), JSON.stringify(record, null, 2));
      return record;
    }
    throw new Error('no free subnet for a lab');
  });
}

/** Synchronous: a process that is ending forgets its lab too. */
export function unregisterNow(lab: LabRecord): void {
  rmSync(recordFile(lab.id), { force: true });
}

/** Two neighbouring /24 somewhere in the upper half of 10/8, where few networks live. */
function subnets(seed: Buffer): [string, string] {
  const second = 128 + ((seed[3] ?? 0) % 120);
  const third = 2 * ((seed[4] ?? 0) % 127);
  return [`10.${second}.${third}`, `10.${second}.${third + 1}`];
}

/** Removes labs whose owner is gone. Hold the registry's lock. */
async function sweep(): Promise<void> {
  for (const lab of await readLabs()) {
    if (isAlive(lab.owner)) continue;
    await must(['sh', '-c', cleanScript(lab)]);
    unregisterNow(lab);
  }
}
