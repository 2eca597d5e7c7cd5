import type { Content } from '../compare.ts';
import type { Engine } from '../engine.ts';
import type { Server } from '../stage.ts';
import { database, sql } from './sql.ts';
import { startWriter, writerArgv } from './writer.ts';

/** About 450 MB: enough to see the copy's progress, and loaded in a few seconds. */
const scale = '30';

const tablesQuery = `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/** The sum of the rows' hashes: the same in whatever order the rows are read. */
const contentQuery = (table: string): string =>
  `SELECT '${table.replaceAll("'", "''")}', count(*), left(md5(coalesce(sum(hashtextextended(t::text, 0)), 0)::text), 12) FROM ${table} t;`;

const contentOf = async (server: Server, signal: AbortSignal): Promise<readonly Content[]> => {
  const tables = (await sql(server, tablesQuery, signal)).split('\n');
  const lines = (await sql(server, tables.map(contentQuery).join('\n'), signal)).split('\n');
  return lines.map((line) => {
    const [table = '', rows, hash = ''] = line.split('|');
    return { table: table.replace(/^public\./, ''), rows: Number(rows), hash };
  });
};

export const postgresql: Engine = {
  title: 'PostgreSQL',
  fill: [{ argv: ['createdb', database] }, { argv: ['pgbench', '-i', '-q', '-s', scale, database] }],
  size: async (leader, signal) => sql(leader, `SELECT pg_size_pretty(pg_database_size('${database}'))`, signal),
  writerArgv,
  startWriter,
  end: async (leader, signal) => sql(leader, 'SELECT pg_current_wal_lsn()', signal),
  hasReached: async (follower, end, signal) =>
    (await sql(follower, `SELECT pg_last_wal_replay_lsn() >= '${end}'::pg_lsn`, signal)) === 't',
  contentOf,
  write: {
    argv: [
      'psql',
      '-X',
      '-d',
      database,
      '-c',
      'INSERT INTO pgbench_history (tid, bid, aid, delta) VALUES (1, 1, 1, 0)',
    ],
    refused: /read-only transaction/,
  },
};
