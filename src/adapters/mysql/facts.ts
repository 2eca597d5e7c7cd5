import type { Facts } from '../adapter.ts';
import type { Claim } from '../claims.ts';
import type { Reach } from '../reach.ts';
import type { Layout } from './layout.ts';
import type { LogCoordinates, ReplicaStatus } from './replica-status.ts';
import type { SettingName } from './settings.ts';

/** What `status` asks of a server: cheap on the busiest one. Plain JSON. */
export interface ServerFacts {
  readonly version: string;
  /** Global variables; absent: this version has no such variable. */
  readonly settings: Readonly<Partial<Record<SettingName, string>>>;
  /** Null where there is no binlog. */
  readonly position: LogCoordinates | null;
  /** What is set that keeps databases out of the binlog: `binlog_do_db`, `binlog_ignore_db`. */
  readonly binlogFilters: readonly string[];
  /** What is set that makes an applier pass over events without a word: filters, errors that it skips (`replica_skip_errors = 1062`). */
  readonly passedOver: readonly string[];
  /** All transactions that the server has: a GTID set, or MariaDB's position. Empty where GTIDs are off. */
  readonly history: string;
  readonly purged: string;
  /** A row a channel; empty on a server that follows nobody. */
  readonly replica: readonly ReplicaStatus[];
  /** Sessions that read the binlog: followers, by the address that they come from. */
  readonly readers: readonly { readonly user: string; readonly host: string }[];
  /** `server_id` of the followers that announced themselves. */
  readonly followerIds: readonly number[];
  /** Bytes of all binlogs that are there, and the oldest of them. */
  readonly binlogs: {
    readonly bytes: number;
    readonly oldest: string;
    readonly files: Readonly<Record<string, number>>;
  };
}

export interface TableFacts {
  readonly schema: string;
  readonly name: string;
  readonly engine: string;
  readonly bytes: number;
  readonly rows: number;
}

export interface EngineFacts {
  /** The library that it was loaded from; null where it is built in. */
  readonly library: string | null;
  /** By a statement, which the server has written down for its next start, and a copy takes along; not by an option. */
  readonly isInstalled: boolean;
}

export interface FullServerFacts extends ServerFacts {
  /** Databases that somebody made. */
  readonly databases: readonly string[];
  /** Of all tables of theirs, as the server estimates it. */
  readonly dataBytes: number;
  readonly tables: number;
  /** Storage engines that can be used, in capitals. */
  readonly engines: Readonly<Record<string, EngineFacts>>;
  /** Tables of other engines than InnoDB, views left out. */
  readonly otherEngines: readonly TableFacts[];
  /** Tables without a primary key or a unique key over columns that are not null. */
  readonly keyless: readonly { readonly schema: string; readonly name: string }[];
  /** Accounts that are not of the server's package. */
  readonly accounts: readonly string[];
  /** Plugins that judge new passwords. */
  readonly passwordJudges: readonly string[];
  /** Status of the clone plugin; empty where it is not installed. */
  readonly clonePlugin: string;
  /** Prepared XA transactions. */
  readonly prepared: number;
  /** Tablespaces that are encrypted on disk. */
  readonly encrypted: number;
  /** Files of tablespaces that lie outside of the data directory, as InnoDB knows them; MariaDB cannot be asked. */
  readonly elsewhere: readonly string[];
  /** MySQL's tables with JSON, whose values have types that no text tells. */
  readonly json: readonly string[];
  /** MariaDB's tables that keep what was by the numbers of transactions. */
  readonly transactionHistory: readonly string[];
  /** Has it a key ring, or a plugin that gives it keys? */
  readonly holdsKeys: boolean;
  /** Statements that run for longer than some seconds, and that a global lock would wait for. */
  readonly longStatements: readonly {
    readonly id: string;
    readonly user: string;
    readonly seconds: number;
    readonly text: string;
  }[];
  /** Binlog and InnoDB bytes written since the start, and seconds since then: for a guess of what a copy lets pile up. */
  readonly uptime: number;
}

/** What lies on the disk, seen as the administrator, whether the server runs or not. */
export interface DiskFacts {
  readonly exists: boolean;
  /** Entries of the data directory, our own and lost+found not counted. */
  readonly entries: number;
  /** Directories in it that hold somebody's tables. */
  readonly databases: readonly string[];
  readonly mount: boolean;
  readonly parentWritable: boolean;
  /** Bytes free on its file system, and which that is. */
  readonly free: number;
  readonly device: string;
  /** Bytes of all that is in it, and in the binlogs beside; null where counting took too long. */
  readonly bytes: number | null;
  readonly serverProcess: boolean;
  /** The unit whose main process it is, where that is another than the layout's; else empty. */
  readonly otherUnit: string;
  /** Links to files of tables that lie outside: symbolic ones, and MariaDB's own (`.isl`). */
  readonly elsewhere: readonly string[];
  /** The replctl run whose copy this data directory is; empty for any other. */
  readonly run: string;
  readonly kept: readonly { readonly path: string; readonly bytes: number | null }[];
  /** Runs that have something changed on this server for as long as they last, by what it is. */
  readonly claims: readonly ({ readonly name: string } & Claim)[];
  /** The option file that replctl wrote; empty where there is none. */
  readonly fragment: string;
  /** Programs that are there: of the server's packages, and `zstd`, `gzip`, `ssh`. */
  readonly programs: readonly string[];
}

export interface MachineFacts {
  readonly clockAhead: number;
  readonly architecture: string;
  readonly cores: number;
  readonly memory: number;
  /** Of the servers that run there, how the groups end that each reads besides those for all; empty: it reads no others. */
  readonly instances: readonly string[];
  /** `mariadb 11.8.9`; absent: no server is installed. */
  readonly installed?: string;
}

/** All that is known of one node. */
export interface MysqlFacts extends Facts {
  readonly login: string;
  /** The fleet file names the administrator's password: nobody logs in through the socket by being who he is. */
  readonly byPassword: boolean;
  readonly machine: MachineFacts;
  readonly layout?: Layout;
  readonly disk?: DiskFacts;
  readonly server?: FullServerFacts;
  readonly serviceRefusal?: string;
  /** Can the follower reach its peers' database ports, and from which address? */
  readonly reach: Readonly<Record<string, Reach>>;
}

export const setting = (server: Pick<ServerFacts, 'settings'> | undefined, name: SettingName): string =>
  server?.settings[name] ?? '';

/** `ON`, `1`, `YES`. */
export const isOn = (server: Pick<ServerFacts, 'settings'> | undefined, name: SettingName): boolean =>
  /^(on|1|yes|true)$/i.test(setting(server, name));

/** GTIDs are always there on MariaDB, with the binlog. */
export const usesGtid = (server: ServerFacts | undefined): boolean =>
  server !== undefined &&
  (server.settings.gtid_mode === undefined ? server.position !== null : server.settings.gtid_mode === 'ON');
