import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DatabaseSection, NodeEntry, SshSection } from '../../../src/fleet/schema.ts';
import type { Lab } from '../../lab/lab.ts';

export interface FleetOptions {
  /** Names the file and the fleet; a lab may hold several. */
  readonly fleet?: string;
  readonly engine?: 'postgresql' | 'mysql' | 'mariadb';
  readonly nodes: Readonly<Record<string, NodeEntry>>;
  readonly ssh?: SshSection;
  readonly database?: DatabaseSection;
}

/** Writes a fleet file with the lab's key and host keys; returns its path. */
export const writeFleet = async (
  lab: Lab,
  { fleet = 'lab', engine = 'postgresql', nodes, ssh = {}, database }: FleetOptions,
): Promise<string> => {
  const file = join(lab.directory, `${fleet}.yaml`);
  const access = { user: 'ops', identityFile: lab.identityFile, knownHostsFile: lab.knownHostsFile, ...ssh };
  const content = { fleet, engine, ssh: access, ...(database ? { database } : {}), nodes };
  await writeFile(file, stringify(content), { mode: 0o600 });
  return file;
};
