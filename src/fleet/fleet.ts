import { ReplctlError } from '../errors.ts';
import type { HostSettings } from '../hosts/settings.ts';
import { didYouMean } from './nearest.ts';

/** How a node's database is found and logged in to. What is left out is discovered on the host. */
export interface DatabaseAccess {
  readonly port?: number | undefined;
  readonly dataDir?: string | undefined;
  /** systemd unit name. */
  readonly service?: string | undefined;
  /** Unix socket: the file, or the directory that it lies in. */
  readonly socket?: string | undefined;
  readonly binDir?: string | undefined;
  readonly adminUser?: string | undefined;
  /** Reads the secret anew at each call; nothing keeps it. Throws FLEET_INVALID where it cannot be read. */
  readonly adminPassword?: (() => Promise<string>) | undefined;
  /** Source path → path on this node. */
  readonly tablespaces: Readonly<Record<string, string>>;
  readonly tls?: 'require' | 'verify-full' | 'off' | undefined;
}

export interface FleetNode {
  readonly name: string;
  /** Undefined on the leader, and only there. */
  readonly follows?: string | undefined;
  /** What other nodes use to reach its database. */
  readonly address: string;
  readonly ssh: HostSettings;
  readonly database: DatabaseAccess;
}

export interface Fleet {
  readonly name: string;
  readonly engine: 'postgresql' | 'mysql' | 'mariadb';
  /** As the user named it, for messages: `replctl.yaml`, `<stdin>`. */
  readonly file: string;
  /** In the file's order; the leader is one of them. */
  readonly nodes: readonly FleetNode[];
  readonly leader: FleetNode;
}

/** The node of that name, or USAGE with the nearest name. */
export const nodeNamed = (fleet: Fleet, name: string): FleetNode => {
  const node = fleet.nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  const names = fleet.nodes.map((candidate) => candidate.name);
  throw new ReplctlError({
    code: 'USAGE',
    message: `${fleet.file} has no node "${name}"${didYouMean(name, names)}.`,
    hint: `The nodes of fleet ${fleet.name} are: ${names.join(', ')}.`,
    details: { nodes: names },
  });
};
