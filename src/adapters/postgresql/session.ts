import type { Duplex } from 'node:stream';
import type { Client, QueryResultRow } from 'pg';
import { isReplctlError, ReplctlError } from '../../errors.ts';
import { bridgeCommand, type ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';

/**
 * Set by the server itself for every session, so that a cut link frees it without us. `synchronous_commit=local`: where the leader waits
 * for a synchronous standby that is not there, our own CREATE ROLE would hang with everyone else's commit.
 */
const sessionSettings = [
  'statement_timeout=60s',
  'lock_timeout=5s',
  'idle_in_transaction_session_timeout=60s',
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  'synchronous_commit=local',
  'client_min_messages=warning',
  'DateStyle=ISO',
  'extra_float_digits=1',
];

/**
 * What a session begins with is the server's choice, its databases' and its roles': somebody may have closed it to writes for all. Names are the system's own:
 * an administrator must not call what others have put into a schema that is searched first (CVE-2018-1058).
 */
const plainSettings = [
  'search_path=pg_catalog',
  'default_transaction_read_only=off',
  'default_transaction_isolation=read\\ committed',
  'default_transaction_deferrable=off',
  'standard_conforming_strings=on',
  'quote_all_identifiers=off',
  'transform_null_equals=off',
  'array_nulls=on',
  'bytea_output=hex',
  'IntervalStyle=postgres',
  'row_security=on',
];

/**
 * Since which version: none of ours is idle for so long (before that a session that a cut link left stays until its login ends); and a limit for a whole
 * transaction would end what the others allow.
 */
const newer = [
  { since: 14, setting: 'idle_session_timeout=60s' },
  { since: 17, setting: 'transaction_timeout=0' },
];

const settingsFor = ({ major }: Layout): string =>
  [...sessionSettings, ...plainSettings, ...newer.filter(({ since }) => major >= since).map(({ setting }) => setting)]
    .map((setting) => `-c ${setting}`)
    .join(' ');

/** A SQL session on a node's server; dies with its stream. Errors: DATABASE_UNREACHABLE, or the server's own, with its SQLSTATE as `code`. */
export interface Session {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  isOpen(): boolean;
  close(): Promise<void>;
}

/** `pg` drives a socket; a channel lacks its socket-only members. */
const asSocket = (stream: Duplex): Duplex => {
  const nothing = () => stream;
  return Object.assign(stream, {
    connect: () => {
      queueMicrotask(() => stream.emit('connect'));
      return stream;
    },
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
};

const unreachable = (node: Node<ReadingHost>, layout: Layout, cause: unknown): ReplctlError => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReplctlError({
    code: 'DATABASE_UNREACHABLE',
    node: node.name,
    message: `PostgreSQL on ${node.name} (port ${layout.port}) did not accept a session: ${reason}`,
    hint: node.database.adminPassword
      ? 'Check database.adminUser and database.adminPassword in the fleet file, and that the server runs.'
      : `Check that the server runs and that OS user ${layout.osUser} may log in through its socket (peer), or name database.adminUser and database.adminPassword in the fleet file.`,
    retryable: true,
    cause,
  });
};

const openStream = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<Duplex> =>
  node.database.adminPassword
    ? node.host.connect({ port: layout.port }, { signal })
    : node.host.duplex(
        { argv: bridgeCommand(`${layout.socketDir}/.s.PGSQL.${layout.port}`), as: layout.osUser },
        { signal },
      );

interface Login {
  readonly user: string;
  readonly database: string;
}

const connectAs = async (
  node: Node<ReadingHost>,
  layout: Layout,
  { user, database }: Login,
  options: SessionOptions,
): Promise<Client> => {
  const { default: pg } = await import('pg');
  const password = node.database.adminPassword ? await node.database.adminPassword() : undefined;
  const stream = await openStream(node, layout, options.signal);
  // A bridge that cannot reach the socket says so on its standard error, which is the better message.
  const result = 'result' in stream ? (stream.result as Promise<{ exitCode: number; stderr: string }>) : undefined;
  const client = new pg.Client({
    user,
    database,
    ...(password === undefined ? {} : { password }),
    application_name: options.application ?? 'replctl',
    options: settingsFor(layout),
    connectionTimeoutMillis: 15_000,
    stream: () => asSocket(stream) as never,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    stream.destroy();
    const ended = await result?.catch(() => undefined);
    const said = ended?.stderr.trim();
    throw said ? new Error(said.split('\n').at(-1), { cause: error }) : error;
  }
  return client;
};

export interface SessionOptions {
  readonly signal: AbortSignal;
  readonly database?: string;
  readonly application?: string;
}

/** The administrator: as the fleet file says, else `postgres`, else the OS user that owns the server (what `initdb` makes by default). */
const administrators = (node: Node<ReadingHost>, layout: Layout): readonly string[] =>
  node.database.adminUser ? [node.database.adminUser] : [...new Set(['postgres', layout.osUser])];

/** What `initdb` makes. `postgres` may be dropped by whoever does not need it; while we are in `template1` nobody makes a database from it. */
const databases = ({ database }: SessionOptions): readonly string[] =>
  database === undefined ? ['postgres', 'template1'] : [database];

/** The role is not there, or may not log in so; the database is not there. */
const isUnknown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['28000', '28P01', '3D000'].includes(String(error.code));

export const openSession = async (
  node: Node<ReadingHost>,
  layout: Layout,
  options: SessionOptions,
): Promise<Session> => {
  let client: Client | undefined;
  let failure: unknown;
  const logins = administrators(node, layout).flatMap((user) =>
    databases(options).map((database) => ({ user, database })),
  );
  for (const login of logins) {
    try {
      client = await connectAs(node, layout, login, options);
      break;
    } catch (error) {
      if (isReplctlError(error)) throw error;
      failure ??= error;
      if (!isUnknown(error)) break;
    }
  }
  if (!client) throw unreachable(node, layout, failure);
  const open = client;
  let ended = false;
  open.on('end', () => (ended = true));
  open.on('error', () => (ended = true));
  return {
    query: async <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
      try {
        return (await open.query<Row>(text, values ? [...values] : undefined)).rows;
      } catch (error) {
        throw isAnswer(error) ? error : unreachable(node, layout, error);
      }
    },
    isOpen: () => !ended,
    close: async () => {
      ended = true;
      await open.end().catch(() => undefined);
    },
  };
};

/** The server's own answer carries an SQLSTATE; a lost stream, or a server that is going down (57P01 to 57P03), does not answer. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^[0-9A-Z]{5}$/.test(error.code) &&
  !/^(57P0[123]|08)/.test(error.code);
