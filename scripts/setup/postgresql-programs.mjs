// Node 18 syntax, no dependencies: runs before anything is installed.
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const needed = ['postgres', 'initdb', 'pg_ctl', 'pg_basebackup', 'pg_verifybackup', 'psql', 'createdb', 'pgbench'];

const entries = (directory) => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where packages put a server, the newest first; then what is on the path. */
const places = () => {
  const debian = entries('/usr/lib/postgresql').map((version) => ({
    version,
    path: join('/usr/lib/postgresql', version, 'bin'),
  }));
  const redHat = entries('/usr')
    .filter((name) => name.startsWith('pgsql-'))
    .map((name) => ({ version: name.slice('pgsql-'.length), path: join('/usr', name, 'bin') }));
  const packaged = [...debian, ...redHat].sort((a, b) => Number(b.version) - Number(a.version)).map(({ path }) => path);
  return [...packaged, '/usr/local/pgsql/bin', ...(process.env.PATH ?? '').split(delimiter)];
};

/** The directory of a whole PostgreSQL 13 or newer: server, client and pgbench. Undefined where there is none. */
export const findPrograms = () => places().find((path) => needed.every((name) => isExecutable(join(path, name))));
