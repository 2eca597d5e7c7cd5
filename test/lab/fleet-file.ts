import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Lab } from './lab.ts';
import type { Machine } from './machine.ts';

export interface FleetFileOptions {
  /** Each machine with the one it follows; the leader follows none. */
  follows: ReadonlyMap<Machine, Machine | undefined>;
  fleet?: string;
  user?: string;
}

/** Writes a `replctl.yaml` that replctl can use as it is, into the lab's directory; returns its path. */
export async function writeFleetFile(
  lab: Lab,
  { follows, fleet = 'lab', user = 'ops' }: FleetFileOptions,
): Promise<string> {
  const nodes = [...follows].map(([machine, upstream]) => {
    return [machine.name, { host: machine.address, ...(upstream === undefined ? {} : { follows: upstream.name }) }];
  });
  const engine = [...follows.keys()].find((machine) => machine.engine !== undefined)?.engine ?? 'postgresql';
  const file = join(lab.directory, 'replctl.yaml');
  const ssh = { user, identityFile: lab.identityFile, knownHostsFile: lab.knownHostsFile };
  await writeFile(file, stringify({ fleet, engine, ssh, nodes: Object.fromEntries(nodes) }));
  return file;
}
