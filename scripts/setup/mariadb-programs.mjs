// Node 18 syntax, no dependencies: runs before anything is installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const clients = ['mariadb', 'mariadb-install-db', 'mariadb-dump', 'mariadb-backup', 'mariadb-slap'];

/** The directory of MariaDB's client programs, where the server is there too. Undefined where any of it is missing. */
export const findMariadb = () =>
  ['/usr/bin', '/usr/local/bin'].find(
    (path) =>
      clients.every((name) => existsSync(join(path, name))) &&
      ['/usr/sbin', path].some((at) => existsSync(join(at, 'mariadbd'))),
  );
