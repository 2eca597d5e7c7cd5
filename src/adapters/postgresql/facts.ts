import type { Facts } from '../adapter.ts';
import type { Reach } from '../reach.ts';
import type { Layout } from './layout.ts';
import type { SettingName } from './server-query.ts';

export interface MachineFacts {
  /** Seconds that the machine's clock is ahead of ours, at best to the round trip's length. */
  readonly clockAhead: number;
  readonly architecture: string;
  /** `glibc 2.36`: the version of every libc collation. */
  readonly libc: string;
  /** Major version of the ICU library that the server is linked to; empty where unknown. */
  readonly icu: string;
  readonly installed: readonly { readonly version: string; readonly major: number; readonly binDir: string }[];
}

/** A directory that the copy will need, looked at on the future follower. Bytes free on its file system. */
export interface PlaceFacts {
  readonly path: string;
  readonly free: number;
  readonly device: string;
  readonly exists: boolean;
  readonly writable: boolean;
  /** `PG_17_202406281`: what servers keep there in a tablespace; empty where the tablespace is the follower's own. */
  readonly strangers: readonly string[];
}

export interface ControlFacts {
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** "in production", "shut down", "in archive recovery", … */
  readonly state: string;
  readonly nextOid: number;
  readonly checksums: boolean;
  readonly blockSize: number;
  readonly segmentSize: number;
}

/** What lies on the disk, seen as the server's OS user, whether it runs or not. */
export interface DiskFacts {
  readonly exists: boolean;
  /** Entries of the data directory, our own and lost+found not counted. */
  readonly entries: number;
  readonly dataVersion: string;
  /** The data directory is a mount point: it cannot be renamed. */
  readonly mount: boolean;
  readonly parentWritable: boolean;
  readonly free: number;
  readonly device: string;
  readonly wal?: { readonly dir: string; readonly free: number; readonly device: string; readonly mount: boolean };
  readonly tablespaceLinks: readonly { readonly oid: string; readonly path: string }[];
  readonly places: readonly PlaceFacts[];
  readonly signals: readonly string[];
  /** The replctl run whose copy this data directory is; empty for any other. */
  readonly run: string;
  readonly serverProcess: boolean;
  readonly control?: ControlFacts;
  /** As `postgres -C` gives them; for a server that is down. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tools: readonly string[];
  readonly zstd: boolean;
  /** Directories that earlier runs set aside. */
  readonly kept: readonly { readonly path: string; readonly bytes: number | null }[];
  readonly autoConf: string;
}

export interface SlotRow {
  readonly slot_name: string;
  readonly slot_type: string;
  readonly active: boolean;
  readonly active_pid: number | null;
  readonly restart_lsn: string | null;
  readonly wal_status: string | null;
  readonly safe_wal_size?: number | null;
  readonly invalidation_reason?: string | null;
  readonly retained: number | null;
}

export interface SenderRow {
  readonly pid: number;
  readonly usename: string;
  readonly application_name: string;
  readonly client_addr: string | null;
  readonly state: string | null;
  readonly replay_lsn: string | null;
  readonly sync_state: string | null;
}

export interface ReceiverRow {
  readonly status: string;
  readonly received_tli: number | null;
  readonly sender_host: string | null;
  readonly sender_port: number | null;
  readonly slot_name: string | null;
}

/** What a running server says with the light query. */
export interface ServerFacts {
  readonly version: string;
  readonly versionNumber: number;
  readonly inRecovery: boolean;
  readonly systemIdentifier: string;
  readonly checkpointTimeline: number;
  readonly settings: Readonly<
    Partial<Record<SettingName, { readonly value: string; readonly unit: string | null; readonly source: string }>>
  >;
  readonly lsn: string | null;
  readonly timelineFile: string | null;
  readonly receiveLsn: string | null;
  readonly replayLsn: string | null;
  readonly replayPaused: boolean;
  /** Seconds since the commit that was replayed last. */
  readonly lastReplay: number | null;
  readonly slots: readonly SlotRow[];
  readonly senders: readonly SenderRow[];
  readonly receiver: ReceiverRow | null;
}

/** What it says with the full query besides. Absent members were not asked. */
export interface FullServerFacts extends ServerFacts {
  readonly databases: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly user_made: boolean;
    readonly connectable: boolean;
    readonly provider: string | null;
    readonly collate: string | null;
    readonly locale: string | null;
    readonly version: string | null;
  }[];
  /** Collations that indexes are sorted by, other than their database's own. */
  readonly collations: readonly { readonly provider: string; readonly name: string; readonly database: string }[];
  readonly tablespaces: readonly {
    readonly oid: number;
    readonly name: string;
    readonly path: string;
    readonly bytes: number;
  }[];
  readonly clusterBytes: number;
  readonly userRoles: number;
  readonly userObjects: number;
  readonly ourRoles: readonly { readonly name: string; readonly comment: string | null }[];
  readonly hbaErrors: readonly { readonly line: number; readonly error: string }[];
  readonly hbaUnloaded: boolean;
  readonly zstd: boolean | null;
}

export interface PostgresFacts extends Facts {
  readonly machine: MachineFacts;
  /** Absent: no cluster found that fits what the fleet file says. */
  readonly layout?: Layout;
  readonly disk?: DiskFacts;
  readonly server?: FullServerFacts;
  /** Why the login user may not start and stop the server's systemd unit; only asked of a future follower. */
  readonly serviceRefusal?: string;
  /** The SSH login. */
  readonly login: string;
  /** Objects in `template1` too; only asked of a future follower. */
  readonly templateObjects?: number;
  readonly reach: Readonly<Record<string, Reach>>;
}

export const setting = (server: ServerFacts | undefined, name: SettingName): string =>
  server?.settings[name]?.value ?? '';
export const numberSetting = (server: ServerFacts | undefined, name: SettingName): number =>
  Number(setting(server, name) || 0);

/** The timeline that a server is on: of the log that it writes, receives, or last checkpointed. */
export const timelineOf = (server: ServerFacts): number =>
  server.timelineFile
    ? Number.parseInt(server.timelineFile.slice(0, 8), 16)
    : (server.receiver?.received_tli ?? server.checkpointTimeline);
