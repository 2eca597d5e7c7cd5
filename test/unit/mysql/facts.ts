import type { Cast } from '../../../src/adapters/adapter.ts';
import type { DiskFacts, FullServerFacts, MachineFacts, MysqlFacts } from '../../../src/adapters/mysql/facts.ts';
import type { Layout } from '../../../src/adapters/mysql/layout.ts';
import type { ReplicaStatus } from '../../../src/adapters/mysql/replica-status.ts';
import type { SettingName } from '../../../src/adapters/mysql/settings.ts';

export type Flavour = 'mysql' | 'mariadb';

/** What a test wants otherwise than on a sound Debian machine. `null`: not there at all. */
export interface Unlike {
  readonly machine?: Partial<MachineFacts>;
  readonly layout?: Partial<Layout> | null;
  readonly disk?: Partial<DiskFacts> | null;
  readonly server?: Partial<FullServerFacts> | null;
  readonly settings?: Partial<Record<SettingName, string>>;
  readonly rest?: Partial<Pick<MysqlFacts, 'byPassword' | 'machineId' | 'reach' | 'serverFailure' | 'serviceRefusal'>>;
}

const GB = 1_000_000_000;
export const uuid = 'a7e1c2d0-0000-4000-8000-000000000001';

const versions = { mysql: '9.7.4', mariadb: '11.8.9' } as const;

const layoutOf = (flavour: Flavour, node: string): Layout => ({
  flavour,
  version: versions[flavour],
  server: flavour === 'mysql' ? '/usr/sbin/mysqld' : '/usr/sbin/mariadbd',
  clientDir: '/usr/bin',
  dataDir: '/var/lib/mysql',
  socket: '/run/mysqld/mysqld.sock',
  port: 3306,
  osUser: 'mysql',
  adminUser: 'root',
  sqlUser: 'root',
  stateDir: `/var/lib/replctl/orders.${node}`,
  jobsDir: `/var/lib/replctl-jobs/orders.${node}`,
  control: 'systemd',
  unit: `${flavour}.service`,
  fragmentDir: flavour === 'mysql' ? '/etc/mysql/mysql.conf.d' : '/etc/mysql/mariadb.conf.d',
});

const common: Partial<Record<SettingName, string>> = {
  binlog_expire_logs_seconds: '2592000',
  binlog_format: 'ROW',
  bind_address: '*',
  datadir: '/var/lib/mysql/',
  event_scheduler: 'OFF',
  have_ssl: 'YES',
  innodb_page_size: '16384',
  log_bin: 'ON',
  lower_case_table_names: '0',
  max_allowed_packet: '67108864',
  port: '3306',
  read_only: 'OFF',
};

const settings: Readonly<Record<Flavour, Partial<Record<SettingName, string>>>> = {
  mysql: {
    ...common,
    gtid_mode: 'ON',
    enforce_gtid_consistency: 'ON',
    log_replica_updates: 'ON',
    super_read_only: 'OFF',
    server_uuid: uuid,
  },
  mariadb: { ...common, gtid_domain_id: '0', gtid_strict_mode: 'OFF', log_slave_updates: 'ON' },
};

const programs: Readonly<Record<Flavour, readonly string[]>> = {
  mysql: ['mysql', 'mysqldump', 'mysqld', 'innochecksum', 'perl', 'ssh', 'gzip'],
  mariadb: ['mariadb', 'mariadb-dump', 'mariadb-backup', 'mariadbd', 'perl', 'ssh', 'gzip'],
};

const diskOf = (flavour: Flavour): DiskFacts => ({
  exists: true,
  entries: 20,
  databases: [],
  mount: false,
  parentWritable: true,
  elsewhere: [],
  free: 100 * GB,
  device: '2049',
  bytes: 11 * GB,
  serverProcess: true,
  otherUnit: '',
  run: '',
  kept: [],
  claims: [],
  fragment: '',
  programs: programs[flavour],
});

const histories: Readonly<Record<Flavour, string>> = { mysql: `${uuid}:1-1000`, mariadb: '0-1-1000' };

const serverOf = (flavour: Flavour): FullServerFacts => ({
  version: versions[flavour],
  settings: {},
  position: { file: 'binlog.000004', position: 1234 },
  binlogFilters: [],
  passedOver: [],
  history: histories[flavour],
  purged: '',
  replica: [],
  readers: [],
  followerIds: [],
  binlogs: { bytes: 3 * GB, oldest: 'binlog.000002', files: { 'binlog.000003': 1000, 'binlog.000004': 1234 } },
  databases: [],
  dataBytes: 10 * GB,
  tables: 30,
  engines: Object.fromEntries(
    ['INNODB', 'MYISAM', 'CSV', 'MRG_MYISAM', 'ARIA'].map((name) => [name, { library: null, isInstalled: false }]),
  ),
  otherEngines: [],
  keyless: [],
  accounts: [],
  passwordJudges: [],
  clonePlugin: '',
  prepared: 0,
  encrypted: 0,
  elsewhere: [],
  json: [],
  transactionHistory: [],
  holdsKeys: false,
  longStatements: [],
  uptime: 86_400,
});

/** A Debian machine with a running server and what `unlike` says. */
export const mysqlFacts = (flavour: Flavour, node: string, id: string, unlike: Unlike = {}): MysqlFacts => {
  const all = { ...settings[flavour], server_id: id, ...unlike.settings };
  const server =
    unlike.server === null
      ? undefined
      : { ...serverOf(flavour), ...unlike.server, settings: { ...all, ...unlike.server?.settings } };
  const disk = unlike.disk === null ? undefined : { ...diskOf(flavour), ...unlike.disk };
  return {
    node,
    machineId: `machine-of-${node}`,
    role: server?.replica.length ? 'follower' : 'leader',
    running: disk?.serverProcess ?? false,
    osUser: 'root',
    login: 'ops',
    byPassword: false,
    stateDir: `/var/lib/replctl/orders.${node}`,
    machine: {
      clockAhead: 0.02,
      architecture: 'x86_64',
      cores: 4,
      instances: [''],
      memory: 8 * GB,
      installed: `${flavour} ${versions[flavour]}`,
      ...unlike.machine,
    },
    ...(unlike.layout === null ? {} : { layout: { ...layoutOf(flavour, node), ...unlike.layout } }),
    ...(disk ? { disk } : {}),
    ...(server ? { server } : {}),
    reach: {},
    ...unlike.rest,
  };
};

/** A channel to the leader on which both threads run. */
export const channel = (unlike: Partial<ReplicaStatus> = {}): ReplicaStatus => ({
  channel: '',
  host: '10.0.0.11',
  port: 3306,
  user: 'replctl_mid_00000000',
  receiver: 'running',
  applier: 'running',
  receiverError: '',
  applierError: '',
  read: { file: 'binlog.000004', position: 1234 },
  executed: { file: 'binlog.000004', position: 1234 },
  usesGtid: true,
  tls: true,
  filters: [],
  appliedAt: null,
  ...unlike,
});

export interface UnlikeCast {
  readonly flavour?: Flavour;
  readonly leader?: Unlike;
  /** Default: the leader. */
  readonly upstream?: Unlike;
  /** Default: the upstream. */
  readonly source?: Unlike;
  readonly follower?: Unlike;
}

const following = (unlike: Unlike): Unlike => ({
  ...unlike,
  settings: { server_uuid: `${uuid}-other`, ...unlike.settings },
  ...(unlike.server === null ? {} : { server: { replica: [channel()], ...unlike.server } }),
});

/** db1 leads, db2 is to follow; `mid` is the upstream and `src` the source where they are others. Sound but for what is said. */
export const castOf = ({
  flavour = 'mysql',
  leader,
  upstream,
  source,
  follower,
}: UnlikeCast = {}): Cast<MysqlFacts> => {
  const top = mysqlFacts(flavour, 'db1', '1', leader);
  const above = upstream ? mysqlFacts(flavour, 'mid', '3', following(upstream)) : top;
  const from = source
    ? mysqlFacts(flavour, 'src', '4', { ...following(source), settings: { server_uuid: 'src', ...source.settings } })
    : above;
  const reached = { ok: true, localAddress: '10.0.0.12' } as const;
  const own = mysqlFacts(flavour, 'db2', '2', {
    ...follower,
    settings: { server_uuid: 'its own', ...follower?.settings },
    rest: { reach: { db1: reached, mid: reached, src: reached }, ...follower?.rest },
  });
  return { leader: top, upstream: above, source: from, follower: own };
};
