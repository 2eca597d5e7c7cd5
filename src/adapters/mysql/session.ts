import type { Duplex } from 'node:stream';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { ReplctlError } from '../../errors.ts';
import { bridgeCommand, type ReadingHost } from '../../hosts/host.ts';
import { reveal, shown, type Text } from '../../masked.ts';
import { within } from '../../workflow/waiting.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';
import { plainSession } from './plain-session.ts';

/** Kept by the server itself, so that a cut link frees it without us. */
const bounds = 'SET SESSION wait_timeout = 60, lock_wait_timeout = 5, innodb_lock_wait_timeout = 5';
/** Keeps passwords out of the general log, where the account may do that. */
const quietly = 'SET SESSION sql_log_off = 1';

type Value = string | number | bigint | null;

/** A SQL session on a node's server; dies with its stream. Errors: DATABASE_UNREACHABLE, or the server's own, with its number as `errno`. */
export interface Session {
  /** Every value comes as a string, as the server writes it; numbers too, so that none is rounded. Null is null. */
  query<Row extends Record<string, string | null>>(statement: Text, values?: readonly Value[]): Promise<Row[]>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly signal: AbortSignal;
}

const unreachable = (node: Node<ReadingHost>, layout: Layout, cause: unknown): ReplctlError => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReplctlError({
    code: 'DATABASE_UNREACHABLE',
    node: node.name,
    message: `the server on ${node.name} (${layout.socket}) did not accept a session: ${reason}`,
    hint: node.database.adminPassword
      ? 'Check database.adminUser and database.adminPassword in the fleet file, and that the server runs.'
      : `Check that the server runs and that OS user ${layout.adminUser} may log in through its socket (auth_socket, unix_socket), or name database.adminUser and database.adminPassword in the fleet file.`,
    retryable: true,
    cause,
  });
};

/** The socket is open to every OS user; only socket authentication needs the administrator's. */
const openStream = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal) =>
  node.host.duplex(
    { argv: bridgeCommand(layout.socket), ...(node.database.adminPassword ? {} : { as: layout.adminUser }) },
    { signal },
  );

/** No statement of ours takes that long; a server whose disk is full lets them wait for ever, and says so only in its log and its list of processes. */
const answerMilliseconds = 90_000;

const noAnswer = ({ name }: Node<ReadingHost>, statement: Text): ReplctlError =>
  new ReplctlError({
    code: 'COMMAND_TIMEOUT',
    node: name,
    message: `the server on ${name} has not answered within ${answerMilliseconds / 1000} s: ${shown(statement).slice(0, 60)}…`,
    hint: `SHOW PROCESSLIST on ${name} and its log tell what it waits for: a full disk, often.`,
    retryable: true,
  });

/** What the driver says once its stream is gone has no code. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error &&
  'errno' in error &&
  typeof error.errno === 'number' &&
  error.errno >= 1000 &&
  // Server shutdown in progress, and connections that were killed.
  ![1053, 1077, 1080, 1927, 3169].includes(error.errno);

const connect = async (
  node: Node<ReadingHost>,
  layout: Layout,
  { signal }: SessionOptions,
): Promise<{ connection: Connection; stream: Duplex }> => {
  const { createConnection } = await import('mysql2/promise');
  const password = node.database.adminPassword ? await node.database.adminPassword() : undefined;
  const stream = await openStream(node, layout, signal);
  try {
    const connection = await createConnection({
      stream,
      // Tells the driver that this is no network: caching_sha2_password then sends what it must, inside our own connection.
      socketPath: layout.socket,
      user: node.database.adminUser ?? layout.sqlUser,
      ...(password === undefined ? {} : { password }),
      connectTimeout: 15_000,
      multipleStatements: false,
      typeCast: (field) => field.string('utf8'),
    });
    connection.on('error', () => undefined);
    for (const setting of [plainSession(layout.flavour), bounds]) await connection.query(setting);
    await connection.query(quietly).catch(() => undefined);
    return { connection, stream };
  } catch (error) {
    stream.destroy();
    // A bridge that cannot reach the socket says so on its standard error, which is the better message.
    const said = (await stream.result.catch(() => undefined))?.stderr.trim();
    throw said ? new Error(said.split('\n').at(-1), { cause: error }) : error;
  }
};

export const openSession = async (
  node: Node<ReadingHost>,
  layout: Layout,
  options: SessionOptions,
): Promise<Session> => {
  const { connection, stream } = await connect(node, layout, options).catch((error: unknown) => {
    throw error instanceof ReplctlError ? error : unreachable(node, layout, error);
  });
  let ended = false;
  stream.on('close', () => (ended = true));
  connection.on('error', () => (ended = true));
  return {
    query: async <Row extends Record<string, string | null>>(statement: Text, values?: readonly Value[]) => {
      try {
        const asked = connection.query<RowDataPacket[]>(reveal(statement), values ? [...values] : undefined);
        const [rows] = await within(answerMilliseconds, asked, () => noAnswer(node, statement));
        return (Array.isArray(rows) ? rows : []) as unknown as Row[];
      } catch (error) {
        if (isAnswer(error)) throw error;
        ended = true;
        if (error instanceof ReplctlError) {
          // The server works on it still; who waits for its goodbye would wait as long.
          stream.destroy();
          throw error;
        }
        throw unreachable(node, layout, error);
      }
    },
    isOpen: () => !ended,
    close: async () => {
      if (!ended) await connection.end().catch(() => undefined);
      ended = true;
      stream.destroy();
    },
  };
};
