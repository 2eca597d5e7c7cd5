import { ReplctlError } from '../../errors.ts';
import { must, type ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { machineScript, readMachine } from '../machine.ts';
import { discoverScript } from './discover-script.ts';
import type { MachineFacts } from './facts.ts';
import type { Layout } from './layout.ts';

export interface Discovered {
  readonly machineId: string;
  readonly machine: Omit<MachineFacts, 'icu'>;
  readonly layout?: Layout;
}

interface Found {
  readonly values: ReadonlyMap<string, string>;
  readonly clusters: readonly Cluster[];
  readonly servers: readonly { readonly user: string; readonly dataDir: string; readonly binDir: string }[];
  readonly installed: MachineFacts['installed'];
}

interface Cluster {
  readonly major: number;
  readonly name: string;
  readonly configDir: string;
  readonly dataDir: string;
  readonly port: number;
  readonly socketDir: string;
  readonly owner: string;
}

const defaultSocketDir = '/var/run/postgresql';

const parseDiscovery = (output: string): Found => {
  const values = new Map<string, string>();
  const clusters: Cluster[] = [];
  const servers: { user: string; dataDir: string; binDir: string }[] = [];
  const installed = new Map<string, MachineFacts['installed'][number]>();
  for (const line of output.split('\n')) {
    const [key, ...rest] = line.split('\t') as [string, ...string[]];
    if (key === 'cluster') {
      const [, major, name, configDir, dataDir, port, sockets, owner] = rest;
      clusters.push({
        major: Number(major),
        name: name!,
        configDir: configDir!,
        dataDir: dataDir!,
        port: Number(port || 5432),
        socketDir: sockets?.split(',')[0]?.trim() || defaultSocketDir,
        owner: owner!,
      });
    } else if (key === 'server') servers.push({ user: rest[0]!, dataDir: rest[1]!, binDir: rest[2]! });
    else if (key === 'binaries') {
      const [version, binDir] = rest;
      installed.set(binDir!, {
        version: version!.split(' ')[0]!,
        major: Number.parseInt(version!, 10),
        binDir: binDir!,
      });
    } else if (key) values.set(key, rest.join('\t'));
  }
  return { values, clusters, servers, installed: [...installed.values()] };
};

const debianLayout = (found: Found, cluster: Cluster, node: Node<ReadingHost>, homes: HomeOf): Layout => ({
  kind: 'debian',
  major: cluster.major,
  cluster: cluster.name,
  binDir: node.database.binDir ?? `/usr/lib/postgresql/${cluster.major}/bin`,
  dataDir: cluster.dataDir,
  configDir: cluster.configDir,
  port: cluster.port,
  socketDir: cluster.socketDir,
  osUser: cluster.owner,
  home: homes(cluster.owner),
  ...(found.values.get('systemd')
    ? { control: 'systemd', unit: unitName(node.database.service ?? `postgresql@${cluster.major}-${cluster.name}`) }
    : { control: 'pg_ctlcluster' }),
});

const unitName = (service: string): string => (service.includes('.') ? service : `${service}.service`);

type HomeOf = (user: string) => string;

/** The directory that the fleet file names, itself: a link to it is never moved or replaced. */
const namedDir = (found: Found, node: Node<ReadingHost>): string | undefined =>
  node.database.dataDir === undefined ? undefined : found.values.get('wanted-dir') || node.database.dataDir;

/** A cluster without Debian's layout: named in the fleet file, or the one whose server runs. */
const plainLayout = (found: Found, node: Node<ReadingHost>, homes: HomeOf): Layout | undefined => {
  const named = namedDir(found, node);
  const dataDir = named ?? (found.servers.length === 1 ? found.servers[0]!.dataDir : undefined);
  if (dataDir === undefined) return undefined;
  const running = found.servers.find(
    (server) => server.dataDir === dataDir || server.dataDir === node.database.dataDir,
  );
  const owner = running?.user ?? found.values.get('wanted-owner') ?? node.host.login.user;
  // A directory made by root for a server to come: PostgreSQL itself refuses to run as root.
  const osUser = owner === 'root' ? 'postgres' : owner;
  const newest = [...found.installed].sort((a, b) => b.major - a.major)[0];
  const binDir = node.database.binDir ?? running?.binDir ?? newest?.binDir;
  if (binDir === undefined) return undefined;
  const installed = found.installed.find((entry) => entry.binDir === binDir);
  return {
    kind: 'plain',
    major: installed?.major ?? 0,
    binDir,
    dataDir,
    configDir: dataDir,
    port: node.database.port ?? 5432,
    socketDir: node.database.socket ?? defaultSocketDir,
    osUser,
    home: homes(osUser),
    ...(node.database.service ? { control: 'systemd', unit: unitName(node.database.service) } : { control: 'pg_ctl' }),
  };
};

const chooseCluster = (found: Found, node: Node<ReadingHost>): Cluster | undefined => {
  const { port } = node.database;
  const dataDir = namedDir(found, node);
  if (dataDir !== undefined) return found.clusters.find((cluster) => cluster.dataDir === dataDir);
  const candidates = port === undefined ? found.clusters : found.clusters.filter((cluster) => cluster.port === port);
  if (candidates.length > 1) {
    throw new ReplctlError({
      code: 'FLEET_INVALID',
      node: node.name,
      message: `${node.name} has ${candidates.length} PostgreSQL clusters: ${candidates.map((cluster) => `${cluster.major}/${cluster.name} (port ${cluster.port})`).join(', ')}`,
      hint: `Name the one that is meant with database.port or database.dataDir of ${node.name} in the fleet file.`,
    });
  }
  return candidates[0];
};

/** Finds the machine's facts and the cluster that the fleet file means. One round trip, no privileges. */
export const discover = async (node: Node<ReadingHost>, signal: AbortSignal): Promise<Discovered> => {
  const asked = Date.now();
  const { stdout } = await must(
    node.host,
    { argv: ['sh', '-s', '--', node.database.dataDir ?? ''], stdin: machineScript + discoverScript },
    { signal },
  );
  const answered = Date.now();
  const found = parseDiscovery(stdout);
  const { machineId, clockAhead, architecture, libc, homeOf } = readMachine(found.values, { asked, answered });
  const homes: HomeOf = (user) =>
    user === node.host.login.user
      ? node.host.login.home
      : (homeOf(user) ?? `/var/lib/${user === 'postgres' ? 'postgresql' : user}`);
  const cluster = chooseCluster(found, node);
  const layout = cluster ? debianLayout(found, cluster, node, homes) : plainLayout(found, node, homes);
  return {
    machineId,
    machine: {
      clockAhead,
      architecture,
      libc,
      installed: found.installed,
    },
    ...(layout ? { layout } : {}),
  };
};
