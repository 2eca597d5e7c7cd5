import { channel } from './facts.ts';
import type { Provocations } from './provocation.ts';

const error = { severity: 'error' } as const;
const warning = { severity: 'warning' } as const;

/** Of the servers that the follower is to depend on. */
export const serverProvocations: Provocations = {
  SERVER_NOT_FOUND: [
    {
      ...error,
      when: 'there is no leader',
      node: 'db1',
      cast: { leader: { layout: null, disk: null, server: null } },
      says: ['db1', 'leader'],
      advises: ['database.dataDir'],
    },
    {
      ...error,
      when: 'no unit is there for what is installed',
      node: 'db2',
      cast: { follower: { layout: null, disk: null, server: null } },
      says: ['mysql 9.7.4'],
      advises: ['database.dataDir'],
    },
  ],
  SERVER_DOWN: [
    {
      ...error,
      when: 'the leader does not run',
      node: 'db1',
      cast: { leader: { server: null } },
      says: ['/var/lib/mysql on db1 does not run'],
      advises: ['Start the server'],
    },
    {
      ...error,
      when: 'it gives no session',
      node: 'db1',
      cast: { leader: { server: null, rest: { serverFailure: 'too many connections' } } },
      says: ['too many connections'],
      advises: ['Start the server'],
    },
  ],
  LEADER_FOLLOWS: [
    {
      ...error,
      when: 'the leader follows somebody',
      node: 'db1',
      cast: { leader: { server: { replica: [channel({ host: '10.9.9.9' })] } } },
      says: ['10.9.9.9:3306'],
      advises: ['follows'],
    },
  ],
  NOT_A_FOLLOWER: [
    {
      ...error,
      when: 'the upstream follows nobody',
      node: 'mid',
      cast: { upstream: { server: { replica: [] } } },
      says: ['follows nobody'],
      advises: ['replctl status'],
    },
  ],
  SOURCE_STOPPED: [
    {
      ...error,
      when: 'the source applies nothing',
      node: 'src',
      cast: {
        source: { server: { replica: [channel({ applier: 'stopped', applierError: '1062: Duplicate entry' })] } },
      },
      says: ['1062: Duplicate entry'],
      advises: ['--copy-from db1'],
    },
  ],
  SERVER_NOT_INSTALLED: [
    {
      ...error,
      when: 'the follower has no server',
      node: 'db2',
      cast: { follower: { machine: { installed: undefined } as never, layout: null, disk: null, server: null } },
      says: ['db2'],
      advises: ['apt-get install mysql-server'],
    },
  ],
  ENGINE_DIFFERS: [
    {
      ...error,
      when: 'it has the other engine',
      node: 'db2',
      cast: { follower: { layout: { flavour: 'mariadb', version: '11.8.9' } } },
      says: ['MariaDB 11.8.9', 'MySQL 9.7.4'],
      advises: ['mysql-server'],
    },
  ],
  VERSION_OLDER: [
    {
      ...error,
      when: 'the follower is older',
      node: 'db2',
      cast: { follower: { layout: { version: '8.4.7' } } },
      says: ['8.4.7', '9.7.4'],
      advises: ['9.7'],
    },
    {
      ...error,
      when: 'it is older by one series',
      node: 'db2',
      cast: { flavour: 'mariadb', follower: { layout: { version: '11.4.2' } } },
      says: ['11.4.2'],
      advises: ['11.8'],
    },
  ],
  NO_BINLOG: [
    {
      ...error,
      when: 'the leader writes no binlog',
      node: 'db1',
      cast: { leader: { settings: { log_bin: 'OFF' } } },
      says: ['log_bin'],
      advises: ['restart'],
    },
  ],
  NO_LOG_UPDATES: [
    {
      ...error,
      when: 'the upstream passes nothing on',
      node: 'mid',
      cast: { upstream: { settings: { log_replica_updates: 'OFF' } } },
      says: ['mid'],
      advises: ['--upstream'],
    },
  ],
  BINLOG_STATEMENT: [
    {
      ...warning,
      when: 'statements are logged',
      node: 'db1',
      cast: { leader: { settings: { binlog_format: 'STATEMENT' } } },
      says: ['STATEMENT'],
      advises: ['ROW'],
    },
  ],
  GTID_MODE_BETWEEN: [
    {
      ...error,
      when: 'GTIDs are on their way',
      node: 'db1',
      cast: { leader: { settings: { gtid_mode: 'ON_PERMISSIVE' } } },
      says: ['ON_PERMISSIVE'],
      advises: ['ON'],
    },
  ],
  GTID_NEEDED: [
    {
      ...error,
      when: 'a copy from a follower without them',
      node: 'src',
      cast: { leader: { settings: { gtid_mode: 'OFF' } }, source: {} },
      says: ['gtid_mode is OFF'],
      advises: ['--copy-from db1'],
    },
  ],
  REPLICATION_FILTERS: [
    {
      ...error,
      when: 'the source leaves something out',
      node: 'src',
      cast: { source: { server: { replica: [channel({ filters: ['Replicate_Do_DB'] })] } } },
      says: ['replicate_do_db'],
      advises: ['--copy-from'],
    },
    {
      ...error,
      when: 'the source skips errors',
      node: 'src',
      cast: { source: { server: { replica: [channel({})], passedOver: ['replica_skip_errors = all'] } } },
      says: ['replica_skip_errors = all'],
      advises: ['--copy-from'],
    },
    {
      ...error,
      when: "the follower's option file leaves something out",
      node: 'db2',
      cast: { follower: { server: { passedOver: ['replicate_ignore_db = app'] } } },
      says: ['replicate_ignore_db = app', "db1's log"],
      advises: ['option file'],
    },
  ],
  BINLOG_FILTERS: [
    {
      ...error,
      when: 'the leader keeps databases out of its binlog',
      node: 'db1',
      cast: { leader: { server: { binlogFilters: ['binlog_ignore_db = scratch'] } } },
      says: ['binlog_ignore_db = scratch'],
      advises: ['option file'],
    },
  ],
};
