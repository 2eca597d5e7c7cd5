import type { Provocations } from './provocation.ts';

export const serversProvocations: Provocations = {
  CLUSTER_NOT_FOUND: [
    {
      when: 'the leader has no cluster',
      severity: 'error',
      node: 'db1',
      cast: { leader: { layout: null, disk: null, server: null } },
      says: ['db1', 'leader'],
      advises: ['database.port', 'database.dataDir'],
    },
    {
      when: 'the follower has a server, but not the cluster that the fleet file means',
      severity: 'error',
      node: 'db2',
      cast: { follower: { layout: null, disk: null, server: null } },
      says: ['db2', '17.6'],
      advises: ['pg_createcluster 17', 'database.dataDir'],
    },
  ],
  SERVER_DOWN: [
    {
      when: 'the leader’s server is stopped',
      severity: 'error',
      node: 'db1',
      cast: { leader: { server: null, disk: { serverProcess: false } } },
      says: ['db1', '/var/lib/postgresql/17/main'],
      advises: ['Start', 'db1'],
    },
    {
      when: 'the leader’s server takes no session',
      severity: 'error',
      node: 'db1',
      cast: { leader: { server: null, rest: { serverFailure: 'PostgreSQL on db1 (port 5432): starting up' } } },
      says: ['db1', '5432', 'starting up'],
      advises: ['Start', 'db1'],
    },
  ],
  FOREIGN_CLUSTER: [
    {
      when: 'the upstream is of another cluster',
      severity: 'error',
      node: 'mid',
      cast: { upstream: { server: { systemIdentifier: '7999' } } },
      says: ['mid', '7999', '7000000000000000001', 'db1'],
      advises: ['host', 'mid'],
    },
  ],
  LEADER_IN_RECOVERY: [
    {
      when: 'the leader is a follower itself',
      severity: 'error',
      node: 'db1',
      cast: {
        leader: {
          server: {
            inRecovery: true,
            receiver: {
              status: 'streaming',
              received_tli: 1,
              sender_host: '10.9.9.9',
              sender_port: 5432,
              slot_name: null,
            },
          },
        },
      },
      says: ['db1', '10.9.9.9'],
      advises: ['follows', 'db1'],
    },
  ],
  NOT_A_FOLLOWER: [
    {
      when: 'the upstream accepts writes itself',
      severity: 'error',
      node: 'mid',
      cast: { upstream: { server: { inRecovery: false, receiver: null } } },
      says: ['mid', 'db1', 'accepts writes'],
      advises: ['replctl status'],
    },
  ],
  REPLAY_PAUSED: [
    {
      when: 'replay is paused where the copy is taken',
      severity: 'error',
      node: 'src',
      cast: { source: { server: { replayPaused: true } } },
      says: ['src', 'paused'],
      advises: ['pg_wal_replay_resume()', '--copy-from'],
    },
  ],
  FULL_PAGE_WRITES_OFF: [
    {
      when: 'full_page_writes is off and the copy comes from a follower',
      severity: 'error',
      node: 'db1',
      cast: { leader: { settings: { full_page_writes: 'off' } }, source: {} },
      says: ['db1', 'full_page_writes is off'],
      advises: ['--copy-from db1'],
    },
  ],
  SERVER_NOT_INSTALLED: [
    {
      when: 'the follower has no server',
      severity: 'error',
      node: 'db2',
      cast: { follower: { machine: { installed: [] }, layout: null, disk: null, server: null } },
      says: ['db2'],
      advises: ['apt-get install postgresql-17'],
    },
  ],
  VERSION_DIFFERS: [
    {
      when: 'the follower has another major version',
      severity: 'error',
      node: 'db2',
      cast: { follower: { layout: { major: 15 } } },
      says: ['db2', 'PostgreSQL 15', 'db1', '17.6'],
      advises: ['postgresql-17', 'database.port'],
    },
  ],
  TOOLS_MISSING: [
    {
      when: 'the follower lacks the client programs',
      severity: 'error',
      node: 'db2',
      cast: { follower: { disk: { tools: ['psql'] } } },
      says: ['db2', 'pg_basebackup, pg_verifybackup', '/usr/lib/postgresql/17/bin'],
      advises: ['postgresql-client-17'],
    },
  ],
  ARCHITECTURE_DIFFERS: [
    {
      when: 'the machines are of two architectures',
      severity: 'error',
      node: 'db2',
      cast: { follower: { machine: { architecture: 'aarch64' } } },
      says: ['db2', 'aarch64', 'db1', 'x86_64'],
      advises: ['one architecture'],
    },
  ],
  BLOCK_SIZE_DIFFERS: [
    {
      when: 'the servers were built for pages of two sizes',
      severity: 'error',
      node: 'db2',
      cast: { leader: { settings: { block_size: '16384' } } },
      says: ['db2', '8192', 'db1', '16384'],
      advises: ['same build'],
    },
  ],
};
