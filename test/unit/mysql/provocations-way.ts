import type { Provocations } from './provocation.ts';

const error = { severity: 'error' } as const;
const warning = { severity: 'warning' } as const;
const keyless = (count: number) => Array.from({ length: count }, (_, n) => ({ schema: 'app', name: `t${n}` }));

/** Of the way between the two, and of room. */
export const wayProvocations: Provocations = {
  STRICT_PASSWORDS: [
    {
      ...error,
      when: 'the leader wants to judge the password itself',
      node: 'db1',
      cast: {
        flavour: 'mariadb',
        leader: {
          server: { passwordJudges: ['simple_password_check'] },
          settings: { strict_password_validation: 'ON' },
        },
      },
      says: ['simple_password_check', 'strict_password_validation'],
      advises: ['SET GLOBAL'],
    },
  ],
  LISTENS_LOCALLY: [
    {
      ...error,
      when: 'the leader listens to itself',
      node: 'db1',
      cast: { leader: { settings: { bind_address: '127.0.0.1' } } },
      says: ['127.0.0.1'],
      advises: ['bind-address'],
    },
    {
      ...error,
      when: 'it listens to nobody',
      node: 'db1',
      cast: { leader: { settings: { skip_networking: 'ON' } } },
      says: ['no port'],
      advises: ['bind-address'],
    },
  ],
  UPSTREAM_UNREACHABLE: [
    {
      ...error,
      when: 'a firewall is between',
      node: 'db2',
      cast: { follower: { rest: { reach: { db1: { ok: false, error: 'timed out' } } } } },
      says: ['10.0.0.11:3306', 'timed out'],
      advises: ['firewall'],
    },
  ],
  SERVER_ID_ZERO: [
    {
      ...error,
      when: 'the leader’s server_id is 0',
      node: 'db1',
      cast: { leader: { settings: { server_id: '0' } } },
      says: ['server_id is 0'],
      advises: ['SET GLOBAL server_id'],
    },
  ],
  SERVER_ID_TWICE: [
    {
      ...error,
      when: 'upstream and leader share one',
      node: 'mid',
      cast: { upstream: { settings: { server_id: '1' } } },
      says: ['server_id 1'],
      advises: ['change one'],
    },
  ],
  SERVER_UUID_TWICE: [
    {
      ...error,
      when: 'upstream and leader share one',
      node: 'mid',
      cast: { leader: { settings: { server_uuid: 'same' } }, upstream: { settings: { server_uuid: 'same' } } },
      says: ['same'],
      advises: ['auto.cnf'],
    },
  ],
  RETENTION_SHORT: [
    {
      ...warning,
      when: 'binlogs go after an hour',
      node: 'db1',
      cast: { leader: { settings: { binlog_expire_logs_seconds: '3600' } } },
      says: ['3600 s'],
      advises: ['puts it back'],
    },
  ],
  NO_PRIMARY_KEY: [
    {
      ...warning,
      when: 'seven tables have none',
      node: 'db1',
      cast: { leader: { server: { keyless: keyless(7) } } },
      says: ['7 tables', 'app.t0', '…'],
      advises: ['keys'],
    },
  ],
  NO_TLS: [
    {
      ...error,
      when: 'it is asked for and not there',
      node: 'db1',
      database: { tls: 'require' },
      cast: { leader: { settings: { have_ssl: 'DISABLED' } } },
      says: ['TLS'],
      advises: ['certificate'],
    },
  ],
  IN_CLEAR: [
    {
      ...warning,
      when: 'the leader has no certificate',
      node: 'db1',
      cast: { leader: { settings: { have_ssl: 'DISABLED' } } },
      says: ['unencrypted'],
      advises: ['ssl_cert'],
    },
    {
      ...warning,
      when: 'it is so wanted',
      node: 'db1',
      database: { tls: 'off' },
      cast: {},
      says: ['tls: off'],
      advises: ['fleet file'],
    },
  ],
  LAG_UNCOMPUTABLE: [
    {
      ...error,
      when: 'bytes are asked for in a cascade',
      node: 'db2',
      want: { maxLag: { bytes: 1 } },
      cast: { upstream: {} },
      says: ['--max-lag'],
      advises: ['seconds'],
    },
  ],
  DISK_TOO_SMALL: [
    {
      ...error,
      when: 'the disk is smaller than the data',
      node: 'db2',
      cast: { follower: { disk: { free: 5e9 } } },
      says: ['5.0 GB', '11.3 GB'],
      advises: ['database.dataDir'],
    },
  ],
  DISK_TIGHT: [
    {
      ...warning,
      when: 'it is hardly larger',
      node: 'db2',
      cast: { follower: { disk: { free: 12e9 } } },
      says: ['12.0 GB'],
      advises: ['room'],
    },
  ],
  UPSTREAM_LOG_SPACE: [
    {
      ...warning,
      when: 'the leader has no room for its log',
      node: 'db1',
      cast: { leader: { disk: { free: 1e8 } } },
      says: ['db1'],
      advises: ['room'],
    },
  ],
};
