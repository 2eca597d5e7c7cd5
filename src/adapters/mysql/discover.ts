import { must, type ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { machineScript, readMachine } from '../machine.ts';
import { serversScript } from './discover-script.ts';
import type { MachineFacts } from './facts.ts';
import type { Layout } from './layout.ts';

export interface Discovered {
  readonly machineId: string;
  readonly machine: MachineFacts;
  readonly layout?: Layout;
  /** Where replctl keeps its things on a machine without a server. */
  readonly stateDir: string;
}

interface Process {
  readonly user: string;
  readonly defaultsFile: string;
  readonly dataDir: string;
  readonly socket: string;
  readonly options: ReadonlyMap<string, string>;
}

interface Found {
  readonly values: ReadonlyMap<string, string>;
  readonly binary?: Pick<Layout, 'flavour' | 'version' | 'server' | 'clientDir'>;
  /** What the package's server reads from its option files. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly processes: readonly Process[];
  /** In the order in which they are read. */
  readonly fragments: readonly string[];
  /** Of each server that runs, how its groups in an option file end. */
  readonly instances: readonly string[];
}

const packageDataDir = '/var/lib/mysql';
const packageSocket = '/run/mysqld/mysqld.sock';

export const parseDiscovery = (output: string): Found => {
  const values = new Map<string, string>();
  const options = new Map<string, Map<string, string>>();
  const optionsOf = (key: string): Map<string, string> => {
    const known = options.get(key) ?? new Map<string, string>();
    options.set(key, known);
    return known;
  };
  const processes: { readonly pid: string; readonly process: Omit<Process, 'options'> }[] = [];
  const fragments: string[] = [];
  const instances: string[] = [];
  let binary: Found['binary'];
  for (const line of output.split('\n')) {
    const [key = '', ...rest] = line.split('\t');
    const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest;
    if (key === 'binary')
      binary = {
        flavour: first === 'mariadb' ? 'mariadb' : 'mysql',
        version: second,
        server: third,
        clientDir: fourth,
      };
    else if (key === 'process')
      processes.push({ pid: first, process: { user: second, defaultsFile: third, dataDir: fourth, socket: fifth } });
    else if (key === 'fragments') fragments.push(first);
    else if (key === 'instance') instances.push(first);
    else if (key === 'default' || key.startsWith('of-')) optionsOf(key).set(first, rest.slice(1).join('\t'));
    else if (key !== '') values.set(key, rest.join('\t'));
  }
  return {
    values,
    ...(binary ? { binary } : {}),
    defaults: optionsOf('default'),
    processes: processes.map(({ pid, process }) => ({ ...process, options: optionsOf(`of-${pid}`) })),
    fragments,
    instances,
  };
};

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '');

/** The directory that is read last of those that the package has. */
const fragmentDirOf = ({ fragments, binary }: Found): string | undefined => {
  const own = binary?.flavour === 'mariadb' ? 'mariadb.conf.d' : 'mysql.conf.d';
  return fragments.find((path) => path.endsWith(own)) ?? fragments.at(-1);
};

const directories = (node: Node<ReadingHost>, adminUser: string, osUser: string) => {
  const name = `${node.fleet}.${node.name}`;
  if (adminUser === 'root' && osUser !== 'root')
    return { stateDir: `/var/lib/replctl/${name}`, jobsDir: `/var/lib/replctl-jobs/${name}` };
  const home = `${node.host.login.home}/.replctl/${name}`;
  return { stateDir: home, jobsDir: `${home}/jobs` };
};

/** The server that the machine's packages made: a unit, or none where there is no systemd. */
const packageLayout = (
  found: Found,
  node: Node<ReadingHost>,
  binary: NonNullable<Found['binary']>,
): Layout | undefined => {
  const { defaults } = found;
  const unit = found.values.get('unit');
  const fragmentDir = fragmentDirOf(found);
  const [only, groupSuffix] = ['only', 'suffix'].map((key) => found.values.get(key));
  if (!unit || (fragmentDir === undefined && !only)) return undefined;
  const osUser = defaults.get('user') ?? 'mysql';
  const errorLog = defaults.get('log_error');
  return {
    ...binary,
    dataDir: withoutSlash(defaults.get('datadir') ?? packageDataDir),
    socket: node.database.socket ?? defaults.get('socket') ?? packageSocket,
    port: node.database.port ?? Number(defaults.get('port') ?? 3306),
    osUser,
    adminUser: 'root',
    sqlUser: 'root',
    ...directories(node, 'root', osUser),
    control: 'systemd',
    unit: unit.includes('.') ? unit : `${unit}.service`,
    ...(fragmentDir === undefined ? {} : { fragmentDir }),
    ...(only ? { defaultsFile: only } : {}),
    ...(groupSuffix ? { groupSuffix } : {}),
    ...(errorLog?.startsWith('/') ? { errorLog } : {}),
  };
};

/** A server of somebody's own making: named in the fleet file, running or yet to be. */
const directLayout = (
  found: Found,
  node: Node<ReadingHost>,
  binary: NonNullable<Found['binary']>,
): Layout | undefined => {
  const named =
    node.database.dataDir === undefined ? undefined : found.values.get('wanted-dir') || node.database.dataDir;
  const dirOf = (process: Process): string => withoutSlash(process.dataDir || process.options.get('datadir') || '');
  const running = found.processes.find((process) =>
    named === undefined ? found.processes.length === 1 : dirOf(process) === named,
  );
  const dataDir = named ?? (running ? dirOf(running) : undefined);
  if (!dataDir) return undefined;
  const osUser = running?.user ?? found.values.get('wanted-owner') ?? node.host.login.user;
  const { stateDir, jobsDir } = directories(node, osUser, osUser);
  const ours = `${stateDir}/server.cnf`;
  const defaultsFile = running?.defaultsFile;
  return {
    ...binary,
    dataDir,
    socket: node.database.socket ?? running?.socket ?? running?.options.get('socket') ?? `${stateDir}/server.sock`,
    port: node.database.port ?? Number(running?.options.get('port') ?? 3306),
    osUser,
    adminUser: osUser,
    sqlUser: osUser,
    stateDir,
    jobsDir,
    control: 'direct',
    ...(defaultsFile && defaultsFile !== ours ? { defaultsFile } : {}),
    errorLog: running?.options.get('log_error') ?? `${stateDir}/server.log`,
  };
};

const layoutFrom = (found: Found, node: Node<ReadingHost>): Layout | undefined => {
  const { binary } = found;
  if (!binary) return undefined;
  const named =
    node.database.dataDir === undefined ? undefined : found.values.get('wanted-dir') || node.database.dataDir;
  const packaged = packageLayout(found, node, binary);
  if (packaged && (named === undefined || named === packaged.dataDir)) return packaged;
  // Whoever names a unit too knows what it runs on.
  if (packaged && named !== undefined && node.database.service !== undefined) return { ...packaged, dataDir: named };
  return directLayout(found, node, binary);
};

/** Finds the machine's facts and the server that the fleet file means. One round trip, no privileges. */
export const discover = async (node: Node<ReadingHost>, signal: AbortSignal): Promise<Discovered> => {
  const asked = Date.now();
  const { stdout } = await must(
    node.host,
    {
      argv: ['sh', '-s', '--', node.database.binDir ?? '', node.database.dataDir ?? '', node.database.service ?? ''],
      stdin: machineScript + serversScript,
    },
    { signal },
  );
  const found = parseDiscovery(stdout);
  const { machineId, clockAhead, architecture } = readMachine(found.values, { asked, answered: Date.now() });
  const layout = layoutFrom(found, node);
  return {
    machineId,
    machine: {
      clockAhead,
      architecture,
      cores: Number(found.values.get('cores') || 1),
      memory: Number(found.values.get('memory') || 0),
      instances: found.instances,
      ...(found.binary ? { installed: `${found.binary.flavour} ${found.binary.version}` } : {}),
    },
    ...(layout ? { layout } : {}),
    stateDir: layout?.stateDir ?? directories(node, node.host.login.user, node.host.login.user).stateDir,
  };
};
