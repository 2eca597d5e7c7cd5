import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

export interface Comparison {
  /** In words; empty where the two are the same. */
  readonly differences: readonly string[];
  /** What was looked at, so that a comparison of nothing cannot pass for a good one. */
  readonly databases: number;
  readonly tables: number;
  readonly rows: number;
  readonly sequences: number;
}

export interface CompareOptions {
  /** The servers' own catalogs too: of a physical copy they are the same as well. Default true. */
  readonly catalogs?: boolean;
}

type Row = { readonly kind: 'table' | 'sequence'; readonly name: string } & Readonly<Record<string, string | number>>;

const exact = "SET timezone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = hex; SET search_path = '';";

/** 120 bits of each row's md5, summed: rows may come in any order, and the same row twice counts twice. */
const rowsHash = [1, 16]
  .map((at) => `coalesce(sum(('x' || substr(md5(t::text), ${at}, 15))::bit(60)::bigint::numeric), 0)`)
  .join(` || '/' || `);

/** Every stored relation but unlogged and temporary ones; large objects lie in a catalog and are somebody's data all the same. */
const tablesQuery = (catalogs: boolean) => `
SELECT format($f$SELECT json_build_object('kind', 'table', 'name', %L, 'rows', count(*), 'hash', ${rowsHash}) FROM ONLY %s t$f$,
  c.oid::regclass::text, c.oid::regclass)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND c.relispopulated AND n.nspname !~ '^pg_toast'
  AND (${catalogs} OR n.nspname NOT IN ('pg_catalog', 'information_schema') OR c.relname = 'pg_largeobject')
ORDER BY 1
\\gexec
SELECT format($f$SELECT json_build_object('kind', 'sequence', 'name', %L, 'at', last_value * %s) FROM %s$f$,
  c.oid::regclass::text, sign(s.seqincrement), c.oid::regclass)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid WHERE c.relpersistence = 'p'
ORDER BY 1
\\gexec`;

const databasesOf = async (server: Server): Promise<readonly string[]> =>
  JSON.parse(
    await server.sql('SELECT json_agg(datname ORDER BY datname) FROM pg_database WHERE datallowconn'),
  ) as string[];

const contentOf = async (server: Server, catalogs: boolean): Promise<ReadonlyMap<string, Row>> => {
  const content = new Map<string, Row>();
  for (const database of await databasesOf(server)) {
    const out = await server.sql(`${exact}${tablesQuery(catalogs)}`, { database });
    for (const line of out.split('\n').filter((text) => text !== '')) {
      const row = JSON.parse(line) as Row;
      content.set(`${row.kind} ${row.name} in ${database}`, row);
    }
  }
  return content;
};

const differenceOf = (what: string, here: Row | undefined, there: Row | undefined): string | undefined => {
  if (!here) return `${what} is not on the leader`;
  if (!there) return `${what} is not on the follower`;
  if (here.kind === 'sequence')
    return Number(there['at']) >= Number(here['at'])
      ? undefined
      : `${what} is at ${there['at']}, behind the leader's ${here['at']}`;
  return here['rows'] === there['rows'] && here['hash'] === there['hash']
    ? undefined
    : `${what} has ${there['rows']} rows with hash ${there['hash']}, on the leader ${here['rows']} with ${here['hash']}`;
};

/** All rows of all tables of all databases, one time. The servers need not be related. */
export const compareOnce = async (
  leader: Server,
  follower: Server,
  { catalogs = true }: CompareOptions = {},
): Promise<Comparison> => {
  const [here, there] = await Promise.all([contentOf(leader, catalogs), contentOf(follower, catalogs)]);
  const differences = [...new Set([...here.keys(), ...there.keys()])]
    .map((what) => differenceOf(what, here.get(what), there.get(what)))
    .filter((difference) => difference !== undefined);
  const tables = [...here.values()].filter(({ kind }) => kind === 'table');
  return {
    differences,
    databases: (await databasesOf(leader)).length,
    tables: tables.length,
    rows: tables.reduce((sum, row) => sum + Number(row['rows']), 0),
    sequences: here.size - tables.length,
  };
};

export const replayed = async (leader: Server, follower: Server, seconds = 60): Promise<void> => {
  const lsn = await leader.sql('SELECT pg_current_wal_insert_lsn()');
  const deadline = Date.now() + seconds * 1000;
  while ((await follower.sql(`SELECT pg_last_wal_replay_lsn() >= '${lsn}'`)) !== 't') {
    if (Date.now() > deadline) throw new Error(`${follower.name} has not replayed ${lsn} within ${seconds} s`);
    await sleep(100);
  }
};

/** Leader and follower at one position, compared. Where the leader wrote meanwhile (autovacuum does), a difference proves nothing yet. */
export const compare = async (leader: Server, follower: Server): Promise<Comparison> => {
  const position = () => leader.sql('SELECT pg_current_wal_insert_lsn()');
  for (let attempt = 1; ; attempt++) {
    const before = await position();
    await replayed(leader, follower);
    const comparison = await compareOnce(leader, follower);
    if (comparison.differences.length === 0 || attempt === 5 || (await position()) === before) return comparison;
  }
};
