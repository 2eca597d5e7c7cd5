import type { Provocations } from './provocation.ts';

const error = { severity: 'error' } as const;
const warning = { severity: 'warning' } as const;

/** Of the machine that is to be the follower. */
export const machineProvocations: Provocations = {
  FOLLOWER_IS_UPSTREAM: [
    {
      ...error,
      when: 'it is the leader under another name',
      node: 'db2',
      cast: { leader: { rest: { machineId: 'one' } }, follower: { rest: { machineId: 'one' } } },
      says: ['same server', '/var/lib/mysql'],
      advises: ['database.dataDir'],
    },
  ],
  PORT_TAKEN: [
    {
      ...error,
      when: 'two servers of a machine want one port',
      node: 'db2',
      cast: {
        leader: { rest: { machineId: 'one' } },
        follower: { rest: { machineId: 'one' }, layout: { dataDir: '/srv/second' } },
      },
      says: ['3306'],
      advises: ['database.port'],
    },
  ],
  DATA_PRESENT: [
    {
      ...error,
      when: 'databases are there',
      node: 'db2',
      cast: { follower: { server: { databases: ['shop', 'blog'] } } },
      says: ['shop, blog'],
      advises: ['--replace'],
    },
    {
      ...error,
      when: 'databases are there and the server is down',
      node: 'db2',
      cast: { follower: { server: null, disk: { serverProcess: false, databases: ['shop'] } } },
      says: ['shop'],
      advises: ['--replace'],
    },
    {
      ...error,
      when: 'only accounts are there',
      node: 'db2',
      cast: { follower: { server: { accounts: ['app@%'] } } },
      says: ['app@%'],
      advises: ['--replace'],
    },
    {
      ...error,
      when: 'a stopped server may hold anything',
      node: 'db2',
      cast: { follower: { server: null, disk: { serverProcess: false } } },
      says: ['nobody can say'],
      advises: ['--replace'],
    },
    {
      ...error,
      when: 'a clone would drop it silently',
      node: 'db2',
      want: { method: 'clone' },
      cast: { follower: { server: { databases: ['shop'] } } },
      says: ['shop'],
      advises: ['nothing is deleted'],
    },
  ],
  FEEDS_FOLLOWERS: [
    {
      ...error,
      when: 'others follow it',
      node: 'db2',
      want: { replace: true },
      cast: { follower: { server: { readers: [{ user: 'repl', host: '10.0.0.44' }] } } },
      says: ['10.0.0.44'],
      advises: ['remove-follower'],
    },
  ],
  NO_SUDO: [
    {
      ...error,
      when: 'sudo refuses',
      node: 'db2',
      cast: { follower: { rest: { serviceRefusal: 'a password is required' } } },
      says: ['ops', 'mysql.service'],
      advises: ['/etc/sudoers.d/replctl'],
    },
  ],
  SERVER_OF_ANOTHER_UNIT: [
    {
      ...error,
      when: 'its data directory is the one of another unit',
      node: 'db2',
      cast: { follower: { layout: { unit: 'mysql-two.service' }, disk: { otherUnit: 'mysql.service' } } },
      says: ['/var/lib/mysql', 'mysql.service', 'mysql-two.service'],
      advises: ['database.dataDir', 'ops'],
    },
  ],
  OPTION_FILE_ALONE: [
    {
      ...error,
      when: 'its unit reads one file, in which no directory is included',
      node: 'db2',
      cast: { follower: { layout: { fragmentDir: undefined as never, defaultsFile: '/etc/orders.cnf' } } },
      says: ['mysql.service', '/etc/orders.cnf'],
      advises: ['!includedir'],
    },
  ],
  OPTIONS_SHARED: [
    {
      ...error,
      when: 'other servers there read the same option files',
      node: 'db2',
      cast: { follower: { machine: { instances: ['', '.two'] } } },
      says: ['[mysqld.two]', '/etc/mysql/mysql.conf.d'],
      advises: ['database.service'],
    },
  ],
  CLOCK_SKEW: [
    {
      ...warning,
      when: 'clocks differ',
      node: 'db2',
      cast: { follower: { machine: { clockAhead: 60 } } },
      says: ['60 s'],
      advises: ['chrony'],
    },
  ],
  LETTER_CASE_DIFFERS: [
    {
      ...error,
      when: 'names are kept otherwise',
      node: 'db2',
      cast: { follower: { settings: { lower_case_table_names: '1' } } },
      says: ['is 1 on db2 and 0 on db1'],
      advises: ['lower_case_table_names = 0'],
    },
  ],
  FILES_ELSEWHERE: [
    {
      ...error,
      when: 'the redo log lies elsewhere',
      node: 'db2',
      cast: { follower: { settings: { innodb_log_group_home_dir: '/srv/redo' } } },
      says: ['/srv/redo'],
      advises: ['move'],
    },
    {
      ...error,
      when: 'tables of what is to be replaced lie elsewhere',
      node: 'db2',
      cast: { follower: { server: { elsewhere: ['/srv/a.ibd', '/srv/b.ibd', '/srv/c.ibd', '/srv/d.ibd'] } } },
      says: ['/srv/a.ibd, /srv/b.ibd, /srv/c.ibd, …'],
      advises: ['drop or move'],
    },
  ],
  ENGINE_MISSING: [
    {
      ...error,
      when: 'the follower lacks an engine of the tables',
      node: 'db2',
      want: { method: 'dump' },
      cast: {
        leader: { server: { otherEngines: [{ schema: 'app', name: 't', engine: 'BLACKHOLE', bytes: 0, rows: 0 }] } },
      },
      says: ['db2 has no storage engine BLACKHOLE', 'db1'],
      advises: ['plugin_load_add'],
    },
  ],
  DATA_FILES_DIFFER: [
    {
      ...error,
      when: 'the system tablespace has other files, for a copy of files',
      node: 'db2',
      cast: {
        leader: { settings: { innodb_data_file_path: 'ibdata1:20M;ibdata2:12M:autoextend' } },
        follower: { settings: { innodb_data_file_path: 'ibdata1:12M:autoextend' } },
      },
      says: ['ibdata1:12M:autoextend on db2', 'ibdata2:12M:autoextend on db1'],
      advises: ['innodb_data_file_path = ibdata1:20M', '--method dump'],
    },
  ],
  PAGE_SIZE_DIFFERS: [
    {
      ...error,
      when: 'pages are of another size, for a clone',
      node: 'db2',
      cast: { follower: { settings: { innodb_page_size: '4096' } } },
      says: ['4096', '16384'],
      advises: ['--method dump'],
    },
  ],
  ARCHITECTURE_DIFFERS: [
    {
      ...error,
      when: 'machines are of two kinds, for a clone',
      node: 'db2',
      cast: { follower: { machine: { architecture: 'aarch64' } } },
      says: ['aarch64', 'x86_64'],
      advises: ['--method dump'],
    },
  ],
};
