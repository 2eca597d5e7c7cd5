import type { Provocations } from './provocation.ts';

const GB = 1_000_000_000;
const MB = 1_000_000;

const tablespace = { oid: 16_400, name: 'fast', path: '/srv/fast', bytes: 3 * GB };
const place = { path: '/srv/fast', free: 50 * GB, device: '2065', exists: true, writable: true, strangers: [] };

export const spaceProvocations: Provocations = {
  DISK_TOO_SMALL: [
    {
      when: 'the data does not fit',
      severity: 'error',
      node: 'db2',
      cast: { follower: { disk: { free: 9 * GB } } },
      says: ['/var/lib/postgresql/17/main', 'db2', '9.0 GB free', '10.1 GB', 'data 10.0 GB', 'log 68 MB'],
      advises: ['Make room', 'database.dataDir'],
    },
    {
      when: 'a tablespace does not fit on its own disk',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace], clusterBytes: 13 * GB } },
        follower: { disk: { places: [{ ...place, free: 2 * GB }] } },
      },
      says: ['/srv/fast', '2.0 GB free', '3.0 GB', 'tablespace fast'],
      advises: ['database.tablespaces'],
    },
    {
      when: 'data and tablespace fit alone, but not together on one disk',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace], clusterBytes: 13 * GB } },
        follower: { disk: { free: 12 * GB, device: '1', places: [{ ...place, free: 12 * GB, device: '1' }] } },
      },
      says: ['13.1 GB', 'data 10.0 GB', 'tablespace fast 3.0 GB'],
      advises: ['Make room'],
    },
    {
      when: 'the log’s own disk is too small',
      severity: 'error',
      node: 'db2',
      cast: { follower: { disk: { wal: { dir: '/wal/17', free: 20 * MB, device: '9', mount: true } } } },
      says: ['/wal/17', '20 MB', 'log 68 MB'],
      advises: ['log'],
    },
  ],
  DISK_TIGHT: [
    {
      when: 'the copy fits, and not much log besides',
      severity: 'warning',
      node: 'db2',
      cast: { follower: { disk: { free: 10.5 * GB } } },
      says: ['/var/lib/postgresql/17/main', 'db2', '10.5 GB', '10.1 GB', '1.1 GB'],
      advises: ['Make room'],
    },
  ],
  TABLESPACE_PATH: [
    {
      when: 'a tablespace is mapped to a relative path',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace] } },
        follower: { disk: { places: [{ ...place, path: 'srv/fast' }] } },
      },
      database: { tablespaces: { '/srv/fast': 'srv/fast' } },
      says: ['db2', 'srv/fast'],
      advises: ['whole path'],
    },
  ],
  TABLESPACE_PLACE: [
    {
      when: 'a tablespace’s place cannot be made',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace] } },
        follower: { disk: { places: [{ ...place, exists: false, writable: false }] } },
      },
      says: ['/srv/fast', 'db2', 'does not exist', 'postgres'],
      advises: ["install -d -o postgres -m 700 '/srv/fast'", 'database.tablespaces'],
    },
    {
      when: 'a tablespace’s place is somebody else’s',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace] } },
        follower: { disk: { places: [{ ...place, writable: false }] } },
      },
      says: ['/srv/fast', 'cannot be written by postgres'],
      advises: ['install -d -o postgres'],
    },
  ],
  TABLESPACE_TAKEN: [
    {
      when: 'a tablespace’s place is another cluster’s tablespace',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace] } },
        follower: { disk: { places: [{ ...place, strangers: ['PG_15_202209061', 'PG_17_202406281'] }] } },
      },
      says: ['/srv/fast', 'db2', 'PG_17_202406281 of another cluster'],
      advises: ['database.tablespaces', 'by hand'],
    },
    {
      when: 'leader and follower are on one machine, and the tablespace is not mapped',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { tablespaces: [tablespace] }, rest: { machineId: 'one' } },
        follower: { disk: { places: [{ ...place, strangers: ['PG_17_202406281'] }] }, rest: { machineId: 'one' } },
      },
      says: ['/srv/fast', 'db1, from which the copy is to be taken, has its own tablespace there'],
      advises: ['database.tablespaces'],
    },
  ],
  UPSTREAM_LOG_SPACE: [
    {
      when: 'the leader has little room for its log',
      severity: 'warning',
      node: 'db1',
      cast: { leader: { disk: { free: 300 * MB } } },
      says: ['db1', '300 MB'],
      advises: ['Make room', 'max_slot_wal_keep_size'],
    },
  ],
};
