import { mysqlTrack } from './mysql-track.ts';
import { postgresqlTrack } from './postgresql-track.ts';
import type { Track } from './track.ts';

/** Every engine and method that runs are disturbed on. */
export const tracks: Readonly<Record<string, () => Promise<Track>>> = {
  postgresql: postgresqlTrack,
  'mysql-clone': () => mysqlTrack('mysql', 'clone'),
  'mysql-dump': () => mysqlTrack('mysql', 'dump'),
  'mariadb-mariabackup': () => mysqlTrack('mariadb', 'mariabackup'),
  'mariadb-dump': () => mysqlTrack('mariadb', 'dump'),
};
