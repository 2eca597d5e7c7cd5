import type { DatabaseAccess, Fleet, FleetNode } from './fleet.ts';
import type { HostSettings } from '../hosts/settings.ts';
import type { FleetFile, NodeEntry } from './schema.ts';
import { secretReader } from './secrets.ts';
import { transportOf } from './topology.ts';

interface MergeContext {
  readonly label: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  resolvePath(path: string): string;
}

const sshOf = (name: string, node: NodeEntry, file: FleetFile, context: MergeContext): HostSettings => {
  const { identityFile, knownHostsFile, ...plain } = { ...file.ssh, ...node.ssh };
  return {
    ...plain,
    ...(identityFile !== undefined && { identityFile: context.resolvePath(identityFile) }),
    ...(knownHostsFile !== undefined && { knownHostsFile: context.resolvePath(knownHostsFile) }),
    node: name,
    ...(node.host !== undefined && { host: node.host }),
    transport: transportOf(file, node),
  };
};

const databaseOf = (name: string, node: NodeEntry, file: FleetFile, context: MergeContext): DatabaseAccess => {
  const { adminPassword, tablespaces: _, ...plain } = { ...file.database, ...node.database };
  const what = `adminPassword of ${name}`;
  return {
    ...plain,
    ...(adminPassword && { adminPassword: secretReader(adminPassword, { ...context, what, node: name }) }),
    tablespaces: { ...file.database?.tablespaces, ...node.database?.tablespaces },
  };
};

/** A checked file as the fleet that the rest of replctl knows: defaults merged, paths absolute. */
export const fleetOf = (file: FleetFile, context: MergeContext): Fleet => {
  const nodes = Object.entries(file.nodes).map(([name, node]): FleetNode => ({
    name,
    ...(node.follows !== undefined && { follows: node.follows }),
    address: node.address ?? node.host ?? '127.0.0.1',
    ssh: sshOf(name, node, file, context),
    database: databaseOf(name, node, file, context),
  }));
  const leader = nodes.find((node) => node.follows === undefined);
  if (!leader) throw new Error('a fleet without a leader passed its checks');
  return { name: file.fleet, engine: file.engine, file: context.label, nodes, leader };
};
