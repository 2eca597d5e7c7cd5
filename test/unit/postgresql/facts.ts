import type { Cast } from '../../../src/adapters/adapter.ts';
import type {
  ControlFacts,
  DiskFacts,
  FullServerFacts,
  MachineFacts,
  PostgresFacts,
} from '../../../src/adapters/postgresql/facts.ts';
import type { Layout } from '../../../src/adapters/postgresql/layout.ts';
import type { SettingName } from '../../../src/adapters/postgresql/server-query.ts';

/** What a test wants otherwise than on a sound Debian machine. `null`: not there at all. */
export interface Unlike {
  readonly machine?: Partial<MachineFacts>;
  readonly layout?: Partial<Layout> | null;
  readonly disk?: (Partial<Omit<DiskFacts, 'control'>> & { readonly control?: ControlFacts | null }) | null;
  readonly server?: Partial<FullServerFacts> | null;
  readonly settings?: Partial<Record<SettingName, string>>;
  readonly rest?: Partial<
    Pick<PostgresFacts, 'machineId' | 'reach' | 'serverFailure' | 'serviceRefusal' | 'templateObjects'>
  >;
}

const GB = 1_000_000_000;

const machine: MachineFacts = {
  clockAhead: 0.02,
  architecture: 'x86_64',
  libc: 'glibc 2.41',
  icu: '76',
  installed: [{ version: '17.6', major: 17, binDir: '/usr/lib/postgresql/17/bin' }],
};

const layout: Layout = {
  kind: 'debian',
  major: 17,
  cluster: 'main',
  binDir: '/usr/lib/postgresql/17/bin',
  dataDir: '/var/lib/postgresql/17/main',
  configDir: '/etc/postgresql/17/main',
  port: 5432,
  socketDir: '/var/run/postgresql',
  osUser: 'postgres',
  home: '/var/lib/postgresql',
  control: 'systemd',
  unit: 'postgresql@17-main.service',
};

const settings: Partial<Record<SettingName, string>> = {
  block_size: '8192',
  full_page_writes: 'on',
  hba_file: '/etc/postgresql/17/main/pg_hba.conf',
  idle_replication_slot_timeout: '0',
  listen_addresses: '*',
  max_connections: '100',
  max_locks_per_transaction: '64',
  max_prepared_transactions: '0',
  max_replication_slots: '10',
  max_slot_wal_keep_size: '-1',
  max_wal_senders: '10',
  max_wal_size: '1024',
  max_worker_processes: '8',
  port: '5432',
  ssl: 'on',
  wal_level: 'replica',
  wal_segment_size: '16777216',
};

const tools = ['pg_basebackup', 'pg_verifybackup', 'psql', 'pg_ctl'];

const diskOf = (system: string): DiskFacts => ({
  exists: true,
  entries: 24,
  dataVersion: '17',
  mount: false,
  parentWritable: true,
  free: 100 * GB,
  device: '2049',
  tablespaceLinks: [],
  places: [],
  signals: [],
  run: '',
  serverProcess: true,
  control: {
    systemIdentifier: system,
    timeline: 1,
    state: 'in production',
    nextOid: 13_000,
    checksums: true,
    blockSize: 8192,
    segmentSize: 16_777_216,
  },
  settings: {},
  tools,
  zstd: true,
  kept: [],
  autoConf: '',
});

const diskFacts = (system: string, { control, ...unlike }: NonNullable<Unlike['disk']> = {}): DiskFacts => {
  const { control: sound, ...rest } = diskOf(system);
  const found = control === undefined ? sound : control;
  return { ...rest, ...unlike, ...(found ? { control: found } : {}) };
};

const serverOf = (system: string): FullServerFacts => ({
  version: '17.6 (Debian 17.6-1)',
  versionNumber: 170_006,
  inRecovery: false,
  systemIdentifier: system,
  checkpointTimeline: 1,
  settings: {},
  lsn: '0/5000060',
  timelineFile: '000000010000000000000005',
  receiveLsn: null,
  replayLsn: null,
  replayPaused: false,
  lastReplay: null,
  slots: [],
  senders: [],
  receiver: null,
  databases: [
    {
      name: 'postgres',
      bytes: 7_500_000,
      user_made: false,
      connectable: true,
      provider: 'c',
      collate: 'C',
      locale: null,
      version: null,
    },
  ],
  collations: [],
  tablespaces: [],
  clusterBytes: 10 * GB,
  userRoles: 0,
  userObjects: 0,
  ourRoles: [],
  hbaErrors: [],
  hbaUnloaded: false,
  zstd: true,
});

const settingRows = (wanted: Partial<Record<SettingName, string>>): FullServerFacts['settings'] =>
  Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [name, { value, unit: null, source: 'configuration file' }]),
  );

/** A Debian machine with a running server, of the cluster `system`, and what `unlike` says. */
export const postgresFacts = (node: string, system: string, unlike: Unlike = {}): PostgresFacts => {
  const server = unlike.server === null ? undefined : { ...serverOf(system), ...unlike.server };
  const disk = unlike.disk === null ? undefined : diskFacts(system, unlike.disk);
  const rows = { ...settingRows({ ...settings, ...unlike.settings }), ...unlike.server?.settings };
  return {
    node,
    machineId: `machine-of-${node}`,
    role: server?.inRecovery ? 'follower' : 'leader',
    running: disk?.serverProcess ?? false,
    osUser: 'postgres',
    login: 'ops',
    stateDir: `/var/lib/postgresql/.replctl/orders.${node}`,
    machine: { ...machine, ...unlike.machine },
    ...(unlike.layout === null ? {} : { layout: { ...layout, ...unlike.layout } }),
    ...(disk ? { disk } : {}),
    ...(server ? { server: { ...server, settings: rows } } : {}),
    templateObjects: 0,
    reach: {},
    ...unlike.rest,
  };
};

export interface UnlikeCast {
  readonly leader?: Unlike;
  /** Default: the leader. */
  readonly upstream?: Unlike;
  /** Default: the upstream. */
  readonly source?: Unlike;
  readonly follower?: Unlike;
}

const ofTheLeader = '7000000000000000001';
const ofItsOwn = '7000000000000000002';

/** A standby of the leader's cluster. */
export const standby = (unlike: Unlike = {}): Unlike => ({
  ...unlike,
  server: {
    inRecovery: true,
    lsn: null,
    timelineFile: null,
    receiveLsn: '0/5000060',
    replayLsn: '0/5000060',
    receiver: { status: 'streaming', received_tli: 1, sender_host: '10.0.0.11', sender_port: 5432, slot_name: null },
    ...unlike.server,
  },
});

/** db1 leads, db2 is to follow; `mid` is the upstream and `src` the source where they are others. Sound but for what is said. */
export const castOf = ({ leader, upstream, source, follower }: UnlikeCast = {}): Cast<PostgresFacts> => {
  const top = postgresFacts('db1', ofTheLeader, leader);
  const above = upstream ? postgresFacts('mid', ofTheLeader, standby(upstream)) : top;
  const from = source ? postgresFacts('src', ofTheLeader, standby(source)) : above;
  const reached = { ok: true, localAddress: '10.0.0.12' } as const;
  const own = postgresFacts('db2', ofItsOwn, {
    ...follower,
    rest: { reach: { db1: reached, mid: reached, src: reached }, ...follower?.rest },
  });
  return { leader: top, upstream: above, source: from, follower: own };
};
