import type { Machine } from '../../lab/machine.ts';

/** A PostgreSQL server that tests ask: a machine's cluster `main`, or any other of its clusters. */
export interface Server {
  readonly name: string;
  /** Any number of statements by psql as the administrator; returns unaligned tuples. */
  sql(statement: string, options?: { readonly database?: string }): Promise<string>;
}

export const mainServer = (machine: Machine): Server => ({
  name: machine.name,
  sql: (statement, options) => machine.postgres.sql(statement, options),
});

/** A cluster of the machine on another port than its `main`. */
export const serverOnPort = (machine: Machine, port: number): Server => ({
  name: `${machine.name}:${port}`,
  sql: async (statement, { database = 'postgres' } = {}) => {
    const argv = ['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-p', String(port), '-d', database];
    const out = await machine.ok(['env', 'PGCLIENTENCODING=UTF8', ...argv], { user: 'postgres', input: statement });
    return out.replace(/\n$/, '');
  },
});
