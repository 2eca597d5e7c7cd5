import type { Provocations } from './provocation.ts';
import { sender, slot } from './rows.ts';

const unreachable = { reach: { db1: { ok: false, error: 'Connection refused' } } } as const;
const several = <T>(count: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => one(index));

export const upstreamProvocations: Provocations = {
  WAL_LEVEL: [
    {
      when: 'the leader’s wal_level is minimal',
      severity: 'error',
      node: 'db1',
      cast: { leader: { settings: { wal_level: 'minimal' } } },
      says: ['wal_level is minimal', 'db1'],
      advises: ['ALTER SYSTEM SET wal_level = replica', 'restart'],
    },
  ],
  NO_FREE_WALSENDER: [
    {
      when: 'the copy needs two walsenders and one is free',
      severity: 'error',
      node: 'db1',
      cast: { leader: { settings: { max_wal_senders: '3' }, server: { senders: several(2, () => sender()) } } },
      says: ['db1', '1 free of 3', '2 are needed'],
      advises: ['max_wal_senders', 'restart', 'pg_stat_replication'],
    },
    {
      when: 'the upstream has none left to tail from, though the copy comes from elsewhere',
      severity: 'error',
      node: 'db1',
      cast: {
        leader: { settings: { max_wal_senders: '1' }, server: { senders: [sender()] } },
        source: {},
        follower: { settings: { max_wal_senders: '1' } },
      },
      says: ['db1', '0 free of 1', '1 are needed'],
      advises: ['max_wal_senders'],
    },
  ],
  NO_FREE_SLOT: [
    {
      when: 'every slot is taken',
      severity: 'error',
      node: 'db1',
      cast: {
        leader: {
          settings: { max_replication_slots: '2' },
          server: { slots: [slot(), slot({ slot_name: 'forgotten', active: false })] },
        },
      },
      says: ['db1', '2 of 2', 'forgotten not in use'],
      advises: ['Drop a slot', 'max_replication_slots'],
    },
  ],
  LISTENS_LOCALLY: [
    {
      when: 'the leader listens on localhost only',
      severity: 'error',
      node: 'db1',
      cast: { leader: { settings: { listen_addresses: 'localhost' } }, follower: { rest: unreachable } },
      says: ['db1', 'localhost', 'db2'],
      advises: ["listen_addresses = 'localhost, 10.0.0.11'", 'restart'],
    },
    {
      when: 'the leader listens nowhere',
      severity: 'error',
      node: 'db1',
      cast: { leader: { settings: { listen_addresses: '' } }, follower: { rest: unreachable } },
      says: ['db1', 'no address'],
      advises: ['listen_addresses'],
    },
  ],
  UPSTREAM_UNREACHABLE: [
    {
      when: 'nothing answers at the leader’s address',
      severity: 'error',
      node: 'db2',
      cast: { follower: { rest: unreachable } },
      says: ['db2', '10.0.0.11:5432', 'db1', 'Connection refused', '*'],
      advises: ['address', 'firewall'],
    },
  ],
  HBA_INVALID: [
    {
      when: 'pg_hba.conf has an error',
      severity: 'error',
      node: 'db1',
      cast: { leader: { server: { hbaErrors: [{ line: 17, error: 'invalid connection type "hots"' }] } } },
      says: ['/etc/postgresql/17/main/pg_hba.conf', 'db1', '17', 'invalid connection type "hots"'],
      advises: ['pg_hba_file_rules'],
    },
  ],
  HBA_UNLOADED: [
    {
      when: 'somebody’s edit of pg_hba.conf is not loaded',
      severity: 'error',
      node: 'db1',
      cast: { leader: { server: { hbaUnloaded: true } } },
      says: ['/etc/postgresql/17/main/pg_hba.conf', 'db1'],
      advises: ['pg_reload_conf()'],
    },
  ],
  ROLE_TAKEN: [
    {
      when: 'somebody else’s role has the name',
      severity: 'error',
      node: 'db1',
      cast: { leader: { server: { ourRoles: [{ name: 'replctl_db2', comment: null }] } } },
      says: ['replctl_db2', 'db1', 'empty'],
      advises: ['COMMENT ON ROLE "replctl_db2" IS \'replctl fleet=orders node=db2\''],
    },
    {
      when: 'another fleet’s role has the name',
      severity: 'error',
      node: 'db1',
      cast: { leader: { server: { ourRoles: [{ name: 'replctl_db2', comment: 'replctl fleet=shop node=db2' }] } } },
      says: ['replctl_db2', 'replctl fleet=shop node=db2'],
      advises: ['another name'],
    },
  ],
  SYNCHRONOUS_STANDBY_MISSING: [
    {
      when: 'commits wait for a standby that is not there',
      severity: 'warning',
      node: 'db1',
      cast: { leader: { settings: { synchronous_standby_names: 'ANY 1 (db9)' }, server: { senders: [sender()] } } },
      says: ['db1', 'ANY 1 (db9)'],
      advises: ['synchronous_commit'],
    },
  ],
  SLOT_KEEP_SIZE: [
    {
      when: 'a slot may hold less log than the copy may last for',
      severity: 'warning',
      node: 'db1',
      cast: { leader: { settings: { max_slot_wal_keep_size: '64' } } },
      says: ['db1', '64 MB', 'max_slot_wal_keep_size'],
      advises: ['Raise', '-1'],
    },
  ],
  IDLE_SLOT_TIMEOUT: [
    {
      when: 'idle slots are dropped',
      severity: 'warning',
      node: 'db1',
      cast: { leader: { settings: { idle_replication_slot_timeout: '60' } } },
      says: ['idle_replication_slot_timeout', 'db1'],
      advises: ['outage'],
    },
  ],
  TLS_OFF: [
    {
      when: 'TLS is asked for and off',
      severity: 'error',
      node: 'db1',
      cast: { leader: { settings: { ssl: 'off' } } },
      database: { tls: 'verify-full' },
      says: ['verify-full', 'db2', 'ssl is off', 'db1'],
      advises: ['ssl on', 'database.tls'],
    },
  ],
  CLEAR_TEXT: [
    {
      when: 'the leader has no TLS',
      severity: 'warning',
      node: 'db1',
      cast: { leader: { settings: { ssl: 'off' } } },
      says: ['db1', 'db2', 'in clear', 'ssl is off'],
      advises: ['ssl on'],
    },
    {
      when: 'TLS is turned off in the fleet file',
      severity: 'warning',
      node: 'db1',
      cast: {},
      database: { tls: 'off' },
      says: ['in clear', 'database.tls: off'],
      advises: ['database.tls'],
    },
  ],
};
