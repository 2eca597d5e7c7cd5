import type { Provocations } from './provocation.ts';
import { database, sender, slot } from './rows.ts';

export const targetProvocations: Provocations = {
  NO_SUDO: [
    {
      when: 'the login may not start and stop the follower’s unit',
      severity: 'error',
      node: 'db2',
      cast: { follower: { rest: { serviceRefusal: 'sudo: a password is required' } } },
      says: ['db2', 'ops', 'postgresql@17-main.service'],
      advises: ['sudoers', '/usr/bin/systemctl --no-block start postgresql@17-main.service'],
    },
  ],
  FOLLOWER_IS_UPSTREAM: [
    {
      when: 'the follower is the leader’s machine under another name',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { rest: { machineId: 'cafe' } },
        follower: {
          rest: { machineId: 'cafe' },
          disk: {
            control: {
              systemIdentifier: '7000000000000000001',
              timeline: 1,
              state: 'in production',
              nextOid: 13_000,
              checksums: true,
              blockSize: 8192,
              segmentSize: 16_777_216,
            },
          },
        },
      },
      says: ['db2', 'db1', 'cafe', '/var/lib/postgresql/17/main'],
      advises: ['host', 'database.port', 'db2'],
    },
  ],
  PORT_TAKEN: [
    {
      when: 'the follower is to listen where the leader does, on the same machine',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { rest: { machineId: 'cafe' } },
        follower: {
          rest: { machineId: 'cafe', reach: { db1: { ok: true, localAddress: '10.0.0.11' } } },
          layout: { dataDir: '/srv/second' },
        },
      },
      says: ['db2', 'db1', '5432', 'same machine'],
      advises: ['database.port', 'db2'],
    },
  ],
  DATA_PRESENT: [
    {
      when: 'the follower has databases of somebody’s',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: { databases: [database({ name: 'their_shop' })] } } },
      says: ['db2', '/var/lib/postgresql/17/main', 'their_shop'],
      advises: ['--replace', 'nothing is deleted'],
    },
    {
      when: 'the follower has a role of somebody’s',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: { userRoles: 1 } } },
      says: ['db2', '7000000000000000002'],
      advises: ['--replace'],
    },
    {
      when: 'somebody changed template1',
      severity: 'error',
      node: 'db2',
      cast: { follower: { rest: { templateObjects: 1 } } },
      says: ['db2'],
      advises: ['--replace'],
    },
    {
      when: 'the follower has files that are no cluster',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: null, disk: { serverProcess: false, control: null, entries: 3 } } },
      says: ['db2', '3 entries', '/var/lib/postgresql/17/main'],
      advises: ['--replace'],
    },
    {
      when: 'the follower follows another cluster',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: { inRecovery: true } } },
      says: ['db2', 'a follower of another server'],
      advises: ['--replace'],
    },
    {
      when: 'the follower’s server runs and lets nobody in',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: null, rest: { serverFailure: 'too many clients' } } },
      says: ['db2', 'gives no session'],
      advises: ['--replace'],
    },
  ],
  FEEDS_FOLLOWERS: [
    {
      when: 'the follower feeds followers of its own',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: { senders: [sender({ application_name: 'db9' })] } } },
      want: { replace: true },
      says: ['db2', 'db9'],
      advises: ['replctl remove-follower'],
    },
    {
      when: 'a slot of the follower is in use',
      severity: 'error',
      node: 'db2',
      cast: { follower: { server: { slots: [slot({ slot_name: 'theirs' })] } } },
      want: { replace: true },
      says: ['db2', 'theirs'],
      advises: ['another upstream'],
    },
  ],
  DATA_DIR_UNNAMED: [
    {
      when: 'only a running server tells where the data directory is',
      severity: 'error',
      node: 'db2',
      cast: { follower: { layout: { kind: 'plain', dataDir: '/srv/pg', control: 'pg_ctl' } } },
      says: ['db2', '/srv/pg'],
      advises: ['dataDir: /srv/pg', 'db2'],
    },
  ],
  SETTING_TOO_LOW: [
    {
      when: 'max_connections is lower by the command line',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { settings: { max_connections: '300' } },
        follower: {
          server: { settings: { max_connections: { value: '50', unit: null, source: 'command line' } } },
        },
      },
      says: ['max_connections', '50', '300', 'db2', 'db1', 'command line'],
      advises: ['max_connections', '/etc/postgresql/17/main/pg_ctl.conf', '300'],
    },
  ],
  SETTING_RAISED: [
    {
      when: 'max_connections is lower in the configuration',
      severity: 'warning',
      node: 'db2',
      cast: { leader: { settings: { max_connections: '300' } } },
      says: ['max_connections', '100', 'db2', '300', 'db1'],
      advises: ['max_connections = 300', 'postgresql.auto.conf'],
    },
    {
      when: 'max_wal_senders is lower on a server that is down',
      severity: 'warning',
      node: 'db2',
      cast: {
        follower: { server: null, disk: { entries: 0, serverProcess: false, settings: { max_wal_senders: '4' } } },
      },
      says: ['max_wal_senders', '4', '10'],
      advises: ['max_wal_senders = 10'],
    },
  ],
  CLOCK_SKEW: [
    {
      when: 'the clocks differ',
      severity: 'warning',
      node: 'db2',
      cast: { follower: { machine: { clockAhead: -42 } } },
      says: ['db2', 'db1', '42 s'],
      advises: ['chrony'],
    },
  ],
  ARCHIVES_ALWAYS: [
    {
      when: 'archive_mode = always would come along',
      severity: 'warning',
      node: 'db2',
      cast: {
        leader: { settings: { archive_mode: 'always' } },
        follower: {
          layout: { kind: 'plain', dataDir: '/srv/pg' },
          disk: { entries: 0, serverProcess: false },
          server: null,
        },
      },
      database: { dataDir: '/srv/pg' },
      says: ['archive_mode', 'always', 'db1'],
      advises: ['archive'],
    },
  ],
};
