import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { readServer, type ProcessRow } from './ask-server.ts';
import { dialectOf } from './dialect.ts';
import type { FullServerFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import type { Session } from './session.ts';
import { withSession } from './with-session.ts';

/** A directory of ours in the data directory, where a run stages its copy or keeps what was there: MariaDB takes every directory for a database. */
const notOurs = (column: string): string => `${column} NOT LIKE '#mysql50#.replctl-%'`;

/** Databases that every server has; `test` is what old packages make, and counts once it holds a table. */
const ofTheServer = "'information_schema', 'mysql', 'performance_schema', 'sys'";

const tablesQuery = `SELECT TABLE_SCHEMA AS 'schema', TABLE_NAME AS name, ENGINE AS engine, COALESCE(DATA_LENGTH + INDEX_LENGTH, 0) AS bytes, COALESCE(TABLE_ROWS, 0) AS 'rows'
  FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'SEQUENCE') AND TABLE_SCHEMA NOT IN (${ofTheServer}) AND ${notOurs('TABLE_SCHEMA')}`;

const keylessQuery = `SELECT t.TABLE_SCHEMA AS 'schema', t.TABLE_NAME AS name FROM information_schema.TABLES t
  LEFT JOIN (SELECT TABLE_SCHEMA, TABLE_NAME FROM (SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME FROM information_schema.STATISTICS
      WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA NOT IN (${ofTheServer}) GROUP BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME HAVING MAX(NULLABLE = 'YES') = 0) u) k
    ON k.TABLE_SCHEMA = t.TABLE_SCHEMA AND k.TABLE_NAME = t.TABLE_NAME
  WHERE t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_SCHEMA NOT IN (${ofTheServer}) AND ${notOurs('t.TABLE_SCHEMA')} AND k.TABLE_NAME IS NULL ORDER BY 1, 2`;

const databasesQuery = `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN (${ofTheServer}) AND ${notOurs('SCHEMA_NAME')} ORDER BY 1`;

/** Accounts that Debian's and the servers' own packages make. */
const ofThePackage = [
  'root',
  'mysql',
  'mysql.infoschema',
  'mysql.session',
  'mysql.sys',
  'mariadb.sys',
  'debian-sys-maint',
  'PUBLIC',
];
const accountsQuery = "SELECT User AS 'user', Host AS host FROM mysql.user WHERE User <> '' ORDER BY 1, 2";
const clonePluginQuery = "SELECT PLUGIN_STATUS AS status FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'";
const enginesQuery =
  "SELECT UPPER(PLUGIN_NAME) AS name, PLUGIN_LIBRARY AS file, PLUGIN_NAME IN (SELECT name FROM mysql.plugin) AS installed FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'STORAGE ENGINE' AND PLUGIN_STATUS = 'ACTIVE'";
/** MariaDB's; MySQL calls its own otherwise. */
const passwordJudgesQuery =
  "SELECT PLUGIN_NAME AS name FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'PASSWORD VALIDATION' AND PLUGIN_STATUS = 'ACTIVE' ORDER BY 1";

/** Seconds that a statement must have run to be named: a global lock would wait for it, and everyone else for the lock. */
const longStatement = 5;

/** An applier between two transactions says Query too, with a time that is its lag; but it has no text. */
const isLong = ({ Command, Time, Info }: ProcessRow): boolean =>
  ['Query', 'Execute'].includes(Command) && Number(Time) >= longStatement && Info !== null && Info !== '';

const readTables = async (session: Session) => {
  const rows = await session.query<{
    schema: string;
    name: string;
    engine: string | null;
    bytes: string;
    rows: string;
  }>(tablesQuery);
  return rows.map((row) => ({
    schema: row.schema,
    name: row.name,
    engine: row.engine ?? '',
    bytes: Number(row.bytes),
    rows: Number(row.rows),
  }));
};

/** All that a server tells, in one session. */
export const askFull = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<FullServerFacts> =>
  withSession(node, layout, { signal }, async (session) => {
    const dialect = dialectOf(layout);
    const light = await readServer(session, dialect);
    const tables = await readTables(session);
    const databases = await session.query<{ name: string }>(databasesQuery);
    const accounts = await session.query<{ user: string; host: string }>(accountsQuery);
    const judges = await session.query<{ name: string }>(passwordJudgesQuery);
    const [clone] = await session.query<{ status: string }>(clonePluginQuery);
    const engines = await session.query<{ name: string; file: string | null; installed: string }>(enginesQuery);
    const prepared = await session.query('XA RECOVER');
    const [encryption] = await session.query<{ encrypted: string; holders: string }>(dialect.encryption);
    const elsewhere = dialect.elsewhere === undefined ? [] : await session.query<{ path: string }>(dialect.elsewhere);
    const exact =
      dialect.transactionHistory === undefined ? [] : await session.query<{ name: string }>(dialect.transactionHistory);
    const json = dialect.json === undefined ? [] : await session.query<{ name: string }>(dialect.json);
    const processes = await session.query<ProcessRow>('SHOW PROCESSLIST');
    const [uptime] = await session.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Uptime'");
    return {
      ...light,
      databases: databases
        .map(({ name }) => name)
        .filter((name) => name !== 'test' || tables.some(({ schema }) => schema === name)),
      dataBytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
      tables: tables.length,
      engines: Object.fromEntries(
        engines.map(({ name, file, installed }) => [name, { library: file, isInstalled: installed === '1' }]),
      ),
      otherEngines: tables.filter(({ engine }) => engine !== 'InnoDB'),
      keyless: await session.query<{ schema: string; name: string }>(keylessQuery),
      accounts: accounts.filter(({ user }) => !ofThePackage.includes(user)).map(({ user, host }) => `${user}@${host}`),
      passwordJudges: judges.map(({ name }) => name),
      clonePlugin: clone?.status ?? '',
      prepared: prepared.length,
      encrypted: Number(encryption?.encrypted ?? 0),
      elsewhere: elsewhere.map(({ path }) => path),
      json: json.map(({ name }) => name),
      transactionHistory: exact.map(({ name }) => name),
      holdsKeys: Number(encryption?.holders ?? 0) > 0,
      longStatements: processes.filter(isLong).map(({ Id, User, Time, Info }) => ({
        id: Id,
        user: User,
        seconds: Number(Time),
        text: (Info ?? '').slice(0, 200),
      })),
      uptime: Number(uptime?.Value ?? 0),
    };
  });
