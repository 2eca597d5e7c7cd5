export interface LogCoordinates {
  readonly file: string;
  readonly position: number;
}

/** One replication channel of a follower, in the words of every version. Plain JSON. */
export interface ReplicaStatus {
  /** Empty: the default channel. */
  readonly channel: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly receiver: 'running' | 'connecting' | 'stopped';
  readonly applier: 'running' | 'stopped';
  /** `1236: …`; empty where there is none. */
  readonly receiverError: string;
  readonly applierError: string;
  /** In the upstream's binlog: how far it was read, and how far it was applied. */
  readonly read: LogCoordinates;
  readonly executed: LogCoordinates;
  /** Follows by GTID, not by file and position. */
  readonly usesGtid: boolean;
  readonly tls: boolean;
  /** Names of the replication filters that are set. */
  readonly filters: readonly string[];
  /** Commit time on the leader, in seconds since 1970, of what was applied last; null where the server does not tell. */
  readonly appliedAt: number | null;
}

export type StatusRow = Readonly<Record<string, string | null>>;

/** Servers before MySQL 8.0.22, and MariaDB, say Master and Slave in their columns. */
const inNewWords = (row: StatusRow): StatusRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/(^|_)Master(_|$)/, '$1Source$2').replace(/^Slave(_|$)/, 'Replica$1'),
      value,
    ]),
  );

const errorOf = (number: string | null | undefined, text: string | null | undefined): string =>
  number && number !== '0' ? `${number}: ${text ?? ''}` : '';

const receiverStates: Readonly<Record<string, ReplicaStatus['receiver']>> = {
  Yes: 'running',
  Connecting: 'connecting',
  Preparing: 'connecting',
};

/** Reads a row of SHOW REPLICA STATUS or of its older names. */
export const parseReplicaStatus = (given: StatusRow): ReplicaStatus => {
  const row = inNewWords(given);
  const text = (name: string): string => row[name] ?? '';
  const filters = Object.keys(row).filter((name) => name.startsWith('Replicate_') && text(name) !== '');
  const appliedAt = text('Replica_last_event_time');
  return {
    channel: text('Channel_Name') || text('Connection_name'),
    host: text('Source_Host'),
    port: Number(text('Source_Port')),
    user: text('Source_User'),
    receiver: receiverStates[text('Replica_IO_Running')] ?? 'stopped',
    applier: text('Replica_SQL_Running') === 'Yes' ? 'running' : 'stopped',
    receiverError: errorOf(row['Last_IO_Errno'], row['Last_IO_Error']),
    applierError: errorOf(row['Last_SQL_Errno'], row['Last_SQL_Error']),
    read: { file: text('Source_Log_File'), position: Number(text('Read_Source_Log_Pos')) },
    executed: { file: text('Relay_Source_Log_File'), position: Number(text('Exec_Source_Log_Pos')) },
    usesGtid: text('Auto_Position') === '1' || /^(Slave|Current)_Pos$/i.test(text('Using_Gtid')),
    tls: text('Source_SSL_Allowed') === 'Yes',
    // MariaDB 11 tells of a setting here that is no filter.
    filters: filters.filter((name) => name !== 'Replicate_Ignore_Server_Ids'),
    appliedAt: appliedAt === '' ? null : Date.parse(`${appliedAt.replace(' ', 'T')}Z`) / 1000,
  };
};
