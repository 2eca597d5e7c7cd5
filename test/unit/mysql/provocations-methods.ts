import { uuid } from './facts.ts';
import type { Provocations } from './provocation.ts';

const error = { severity: 'error' } as const;
const warning = { severity: 'warning' } as const;
const table = { schema: 'app', name: 'old', bytes: 1, rows: 1 };

/** Of the ways that the data may come. */
export const methodProvocations: Provocations = {
  METHOD_UNUSABLE: [
    {
      ...error,
      when: 'clone over two series',
      node: 'db2',
      want: { method: 'clone' },
      cast: { leader: { layout: { version: '8.4.7' } } },
      says: ['8.4.7', '9.7.4', 'same series'],
      advises: ['--method'],
    },
    {
      ...error,
      when: 'clone of 8.0 before 8.0.37 from another patch',
      node: 'db2',
      want: { method: 'clone' },
      cast: { leader: { layout: { version: '8.0.36' } }, follower: { layout: { version: '8.0.44' } } },
      says: ['8.0.36'],
      advises: ['--method'],
    },
    {
      ...error,
      when: 'clone with a table of MyISAM',
      node: 'db2',
      want: { method: 'clone' },
      cast: { leader: { server: { otherEngines: [{ ...table, engine: 'MyISAM' }] } } },
      says: ['app.old', 'MyISAM'],
      advises: ['--method'],
    },
    {
      ...error,
      when: 'mariabackup without its program',
      node: 'db2',
      want: { method: 'mariabackup' },
      cast: { flavour: 'mariadb', follower: { disk: { programs: ['mariadb', 'ssh'] } } },
      says: ['mariadb-backup', 'apt-get'],
      advises: ['--method'],
    },
    {
      ...error,
      when: 'dump of encrypted tables on MariaDB',
      node: 'db2',
      want: { method: 'dump' },
      cast: {
        flavour: 'mariadb',
        leader: { server: { encrypted: 3, holdsKeys: true } },
        follower: { server: { holdsKeys: true } },
      },
      says: ['3 tablespaces', 'no keys'],
      advises: ['--method'],
    },
    {
      ...error,
      when: 'dump without perl',
      node: 'db2',
      want: { method: 'dump' },
      cast: { follower: { disk: { programs: ['mysql', 'mysqldump'] } } },
      says: ['perl'],
      advises: ['--method'],
    },
  ],
  PAGES_UNCHECKED: [
    {
      ...warning,
      when: 'there is nothing to check pages with',
      node: 'db2',
      want: { method: 'clone' },
      cast: { follower: { disk: { programs: ['mysql', 'mysqldump', 'perl'] } } },
      says: ['innochecksum'],
      advises: ['--no-checksums'],
    },
    {
      ...warning,
      when: 'pages are encrypted',
      node: 'db2',
      want: { method: 'clone' },
      cast: { leader: { server: { encrypted: 3, holdsKeys: true } }, follower: { server: { holdsKeys: true } } },
      says: ['3 tablespaces', 'innochecksum'],
      advises: ['CHECK TABLE'],
    },
  ],
  TOOLS_MISSING: [
    {
      ...error,
      when: 'a clone is to keep to a rate, and there is no perl',
      node: 'db2',
      want: { method: 'clone', rate: 1e6 },
      cast: { follower: { disk: { programs: ['mysql', 'innochecksum'] } } },
      says: ['perl', 'db2', '--rate'],
      advises: ['perl-base'],
    },
  ],
  SELECTS_LIMITED: [
    {
      ...error,
      when: 'every session of a MariaDB server is to get a few rows only',
      node: 'db1',
      want: { method: 'dump' },
      cast: { flavour: 'mariadb', leader: { settings: { sql_select_limit: '1000' } } },
      says: ['sql_select_limit', '1000', 'db1'],
      advises: ['SET GLOBAL sql_select_limit = DEFAULT', '--method mariabackup'],
    },
  ],
  ENCRYPTED_DATA: [
    {
      ...error,
      when: 'the follower has no keyring',
      node: 'db2',
      want: { method: 'dump' },
      cast: { leader: { server: { encrypted: 3, holdsKeys: true } } },
      says: ['3 tablespaces', 'no keys'],
      advises: ['keyring'],
    },
    {
      ...error,
      when: 'only the log is encrypted',
      node: 'db2',
      want: { method: 'mariabackup' },
      cast: { flavour: 'mariadb', leader: { server: { holdsKeys: true }, settings: { innodb_encrypt_log: 'ON' } } },
      says: ['log of InnoDB'],
      advises: ['file_key_management', 'same keys'],
    },
  ],
  PACKET_TOO_SMALL: [
    {
      ...error,
      when: 'the donor’s packets are small',
      node: 'db1',
      cast: { leader: { settings: { max_allowed_packet: '1048576' } } },
      says: ['1048576'],
      advises: ['max_allowed_packet'],
    },
  ],
  XA_PREPARED: [
    {
      ...error,
      when: 'transactions are prepared, for a dump',
      node: 'db1',
      want: { method: 'dump' },
      cast: { leader: { server: { prepared: 2 } } },
      says: ['2 XA'],
      advises: ['XA RECOVER'],
    },
    {
      ...error,
      when: 'transactions are prepared, for a backup',
      node: 'db1',
      cast: { flavour: 'mariadb', leader: { server: { prepared: 2 } } },
      says: ['2 XA'],
      advises: ['XA RECOVER'],
    },
  ],
  LONG_STATEMENT: [
    {
      ...error,
      when: 'a statement runs on and on, for a dump',
      node: 'db1',
      want: { method: 'dump' },
      cast: {
        leader: { server: { longStatements: [{ id: '7', user: 'app', seconds: 900, text: 'SELECT SLEEP(1000)' }] } },
      },
      says: ['id 7', '900 s', 'SELECT SLEEP(1000)'],
      advises: ['KILL'],
    },
  ],
  NOT_TRANSACTIONAL: [
    {
      ...warning,
      when: 'tables know no transactions, for a dump',
      node: 'db1',
      want: { method: 'dump' },
      cast: { leader: { server: { otherEngines: [{ ...table, engine: 'MyISAM' }] } } },
      says: ['app.old (MyISAM)'],
      advises: ['InnoDB'],
    },
  ],
  EVENTS_PAUSED: [
    {
      ...warning,
      when: 'MySQL’s events run, for a dump',
      node: 'db1',
      want: { method: 'dump' },
      cast: { leader: { settings: { event_scheduler: 'ON' } } },
      says: ['event_scheduler'],
      advises: ['--method clone'],
    },
  ],
  SOCKET_LOGIN_NEEDED: [
    {
      ...error,
      when: 'the administrator needs a password, for a backup',
      node: 'db1',
      cast: { flavour: 'mariadb' },
      database: { adminPassword: async () => 'secret' },
      says: ['mariadb-backup'],
      advises: ['--method dump'],
    },
  ],
  ERRANT_TRANSACTIONS: [
    {
      ...error,
      when: 'the source has rows of its own',
      node: 'src',
      cast: { source: { server: { history: `${uuid}:1-1000,${uuid.replace('a7', 'b7')}:1-3` } } },
      says: ['b7e1c2d0-0000-4000-8000-000000000001:1-3'],
      advises: ['db1'],
    },
  ],
};
