import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { isOn, type ServerFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { quoteLiteral } from './names.ts';
import { passedOver, type FilterRow } from './passed-over.ts';
import { parseReplicaStatus, type StatusRow } from './replica-status.ts';
import type { Session } from './session.ts';
import { settingNames } from './settings.ts';
import { withSession } from './with-session.ts';

const settingsQuery = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${settingNames.map(quoteLiteral).join(', ')})`;

const readSettings = async (session: Session): Promise<ServerFacts['settings']> => {
  const rows = await session.query<{ Variable_name: string; Value: string }>(settingsQuery);
  return Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
};

interface BinlogStatus extends Record<string, string | null> {
  readonly File: string;
  readonly Position: string;
  readonly Binlog_Do_DB: string | null;
  readonly Binlog_Ignore_DB: string | null;
}

const filtersOf = (status: BinlogStatus | undefined): readonly string[] => [
  ...(status?.Binlog_Do_DB ? [`binlog_do_db = ${status.Binlog_Do_DB}`] : []),
  ...(status?.Binlog_Ignore_DB ? [`binlog_ignore_db = ${status.Binlog_Ignore_DB}`] : []),
];

const readBinlogs = async (session: Session): Promise<ServerFacts['binlogs']> => {
  const rows = await session.query<{ Log_name: string; File_size: string }>('SHOW BINARY LOGS');
  const files = Object.fromEntries(rows.map((row) => [row.Log_name, Number(row.File_size)]));
  const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
  return { bytes, oldest: rows[0]?.Log_name ?? '', files };
};

export interface ProcessRow extends Record<string, string | null> {
  readonly Id: string;
  readonly User: string;
  readonly Host: string;
  readonly Command: string;
  readonly Time: string;
  readonly Info: string | null;
}

/** Of the address, not of the port: `10.0.0.3:51322`, `[::1]:3306`. */
const hostOf = (text: string): string => text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** Followers that read the binlog now. */
export const readersOf = (processes: readonly ProcessRow[]): ServerFacts['readers'] =>
  processes
    .filter(({ Command }) => Command.startsWith('Binlog Dump'))
    .map(({ User, Host }) => ({ user: User, host: hostOf(Host) }));

const showFollowers = ({ flavour, showReplica }: Dialect): string =>
  flavour === 'mysql' && showReplica.includes('REPLICA') ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS';

/** The light facts, in a session that is given. */
export const readServer = async (session: Session, dialect: Dialect): Promise<ServerFacts> => {
  const settings = await readSettings(session);
  const hasBinlog = isOn({ settings }, 'log_bin');
  const [position] = hasBinlog ? await session.query<BinlogStatus>(dialect.showPosition) : [];
  const [gtid] = await session.query<{ history: string; purged: string }>(
    `SELECT ${dialect.history} AS history, ${dialect.purged} AS purged`,
  );
  const replica = await session.query<StatusRow>(dialect.showReplica);
  const processes = await session.query<ProcessRow>('SHOW PROCESSLIST');
  const followers = await session.query<{ Server_id?: string; Server_Id?: string }>(showFollowers(dialect));
  return {
    version: settings.version ?? '',
    settings,
    position: position ? { file: position.File, position: Number(position.Position) } : null,
    binlogFilters: filtersOf(position),
    passedOver: passedOver(settings, dialect.filters ? await session.query<FilterRow>(dialect.filters) : []),
    history: (gtid?.history ?? '').replaceAll(/\s/g, ''),
    purged: (gtid?.purged ?? '').replaceAll(/\s/g, ''),
    replica: replica.map(parseReplicaStatus),
    readers: readersOf(processes),
    followerIds: followers.map((row) => Number(row.Server_id ?? row.Server_Id)),
    binlogs: hasBinlog ? await readBinlogs(session) : { bytes: 0, oldest: '', files: {} },
  };
};

/** What the server says of itself; DATABASE_UNREACHABLE where it gives no session. */
export const askServer = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<ServerFacts> =>
  withSession(node, layout, { signal }, (session) => readServer(session, dialectOf(layout)));
