import { CommandFailed } from '../../test/lab/command.ts';
import type { Server } from './stage.ts';

export const database = 'shop';

/** Runs SQL and returns psql's unaligned lines. */
export const sql = async (server: Server, statement: string, signal?: AbortSignal): Promise<string> => {
  const psql = ['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', database];
  const result = await server.run(psql, { input: statement, ...(signal ? { signal } : {}) });
  signal?.throwIfAborted();
  if (result.exitCode !== 0) throw new CommandFailed([...psql, statement], result);
  return result.stdout.trim();
};

const tablesQuery = `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/** The sum of the rows' hashes: the same in whatever order the rows are read. */
const contentQuery = (table: string): string =>
  `SELECT '${table.replaceAll("'", "''")}', count(*), left(md5(coalesce(sum(hashtextextended(t::text, 0)), 0)::text), 12) FROM ${table} t;`;

export interface Content {
  readonly table: string;
  readonly rows: number;
  readonly hash: string;
}

/** Every row of every table, counted and hashed. */
export const contentOf = async (server: Server, signal: AbortSignal): Promise<readonly Content[]> => {
  const tables = (await sql(server, tablesQuery, signal)).split('\n');
  const lines = (await sql(server, tables.map(contentQuery).join('\n'), signal)).split('\n');
  return lines.map((line) => {
    const [table = '', rows, hash = ''] = line.split('|');
    return { table, rows: Number(rows), hash };
  });
};

export interface Compared {
  readonly table: string;
  readonly leader: Content | undefined;
  readonly follower: Content | undefined;
  readonly same: boolean;
}

export const compare = (leader: readonly Content[], follower: readonly Content[]): readonly Compared[] => {
  const names = [...new Set([...leader, ...follower].map(({ table }) => table))];
  return names.map((table) => {
    const [there, here] = [leader, follower].map((side) => side.find((content) => content.table === table));
    const same = there !== undefined && there.rows === here?.rows && there.hash === here.hash;
    return { table, leader: there, follower: here, same };
  });
};
