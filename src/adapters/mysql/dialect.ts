import type { Text } from '../../masked.ts';
import { majorOf, type Layout } from './layout.ts';
import { mariadbDialect } from './mariadb-dialect.ts';
import { mysqlDialect } from './mysql-dialect.ts';
import type { LogCoordinates } from './replica-status.ts';

/** Where a follower begins to tail, and as whom. */
export interface Source {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Text;
  readonly tls: 'require' | 'verify-full' | 'off';
  /** `gtid`: by the history that the follower has. */
  readonly from: 'gtid' | LogCoordinates;
}

/**
 * What differs between MySQL's and MariaDB's version lines: facts as properties, behaviour as methods. The rest of the adapter is free of version tests.
 * Statements are for a session of `session.ts`.
 */
export interface Dialect {
  readonly flavour: 'mysql' | 'mariadb';
  /** One row with `File` and `Position`; none where there is no binlog. */
  readonly showPosition: string;
  /** A row a channel; read with `parseReplicaStatus`. */
  readonly showReplica: string;
  readonly startReplica: string;
  readonly stopReplica: string;
  /** Forgets whom the server followed; for every channel. */
  readonly resetReplica: string;
  /** Empties the binlog and with it the GTID history. */
  readonly resetHistory: string;
  /** An expression: every transaction that the server has, as a GTID set (MySQL) or position (MariaDB); empty where there is none. */
  readonly history: string;
  /** An expression: of those, what is no longer in the binlogs. */
  readonly purged: string;
  /** A statement: `encrypted`, how many tablespaces are on disk, and `holders`, how many parts of the server give it keys. */
  readonly encryption: string;
  /** A statement: `path` of each tablespace's file that lies outside of the data directory. */
  readonly elsewhere?: string;
  /** A statement: `name` and `value` of each replication filter that holds for all channels. MariaDB has them as variables. */
  readonly filters?: string;
  /** A statement: `name` of each table that holds documents in a form of the server's own. MariaDB's are texts. */
  readonly json?: string;
  /** A statement: `name` of each table that keeps what was by the numbers of transactions. MySQL has none. */
  readonly transactionHistory?: string;
  /** Variables that close a server, in the order in which they are set. */
  readonly readOnly: readonly string[];
  /** Closed, it refuses administrators too. MariaDB has no such thing. */
  readonly closesAdministrators: boolean;
  /** How the settings of a follower are called in an option file. */
  readonly options: {
    readonly skipStart: string;
    readonly logUpdates: string;
    readonly workers: string;
    readonly netTimeout: string;
    readonly retentionSeconds: string;
  };
  /** `IDENTIFIED …` of CREATE and ALTER USER, so that the password itself comes into no log of the server's. */
  identified(password: Text): Text;
  /** `CHANGE REPLICATION SOURCE TO`, as the version says it. */
  changeSource(source: Source): Text;
  /** After `resetHistory`, makes `history` the server's own; for an empty history nothing. */
  seedHistory(history: string): readonly string[];
  /** How many of `wanted`'s transactions are not in `reached`. */
  missing(wanted: string, reached: string): number;
  /** Transactions that a follower has and its leader has not, those of `writer` (a `server_uuid`; MariaDB: a `server_id`) left out; empty where there are none. */
  errant(follower: string, leader: string, writer?: string): string;
}

export const dialectOf = (layout: Pick<Layout, 'flavour' | 'version'>): Dialect =>
  layout.flavour === 'mariadb' ? mariadbDialect(majorOf(layout)) : mysqlDialect(majorOf(layout));
