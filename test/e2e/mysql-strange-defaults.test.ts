import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import { sampleOf, type Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** What a new session begins with, where somebody has set it for the whole server; each spoils a naive copy in a way of its own. */
const both = [
  'autocommit = 0',
  "completion_type = 'CHAIN'",
  'group_concat_max_len = 4',
  "time_zone = '+05:45'",
  'sql_safe_updates = 1',
  'sql_quote_show_create = 0',
  'sql_auto_is_null = 1',
  'wait_timeout = 1',
  'interactive_timeout = 1',
  'net_read_timeout = 1',
  'net_write_timeout = 1',
  'lock_wait_timeout = 1',
  'div_precision_increment = 0',
  "lc_time_names = 'de_DE'",
  "character_set_client = 'latin1'",
  "character_set_results = 'latin1'",
  "character_set_connection = 'latin1'",
];

const strange: Readonly<Record<Flavour, readonly string[]>> = {
  mysql: [
    ...both,
    "sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,HIGH_NOT_PRECEDENCE,TRADITIONAL'",
    "transaction_isolation = 'SERIALIZABLE'",
    'max_execution_time = 1',
    'sql_select_limit = 1',
    'sql_big_selects = 0',
    'max_join_size = 1',
    'show_gipk_in_create_table_and_information_schema = 0',
    'sql_generate_invisible_primary_key = 1',
    'information_schema_stats_expiry = 0',
    'windowing_use_high_precision = 0',
    "internal_tmp_mem_storage_engine = 'MEMORY'",
  ],
  mariadb: [
    ...both,
    "sql_mode = 'ORACLE,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,HIGH_NOT_PRECEDENCE,TRADITIONAL'",
    "tx_isolation = 'SERIALIZABLE'",
    'max_statement_time = 0.05',
    'idle_transaction_timeout = 1',
    'idle_readonly_transaction_timeout = 1',
    'idle_write_transaction_timeout = 1',
  ],
};

/** A key that the server makes by itself, and tells of only where it is asked to. */
const unseen: Readonly<Record<Flavour, string>> = {
  mysql:
    'SET SESSION sql_generate_invisible_primary_key = 1; CREATE TABLE app.without_key (a int); INSERT INTO app.without_key VALUES (3), (1), (2)',
  mariadb: '',
};

/** A dump has more sessions than that; and replication would end with its account's password. */
const ofAccounts = { max_user_connections: 3, default_password_lifetime: 1 };
const lifetimes: Readonly<Record<Flavour, string>> = {
  mysql: "SELECT DISTINCT password_lifetime FROM mysql.user WHERE User LIKE 'replctl%'",
  mariadb: "SELECT DISTINCT JSON_VALUE(Priv, '$.password_lifetime') FROM mysql.global_priv WHERE User LIKE 'replctl%'",
};

/** One session sets them all: the next would be spoilt. */
const spoil = (flavour: Flavour): string => `SET ${strange[flavour].map((one) => `GLOBAL ${one}`).join(', ')}`;

const underStrangeDefaults = (flavour: Flavour, methods: readonly string[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`strange-${flavour}`, flavour, {
      leader: { settings: ofAccounts },
      follower: { follows: 'leader' },
    });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.mysql.sql(`${sampleOf(flavour)}\n${unseen[flavour]}`);
  });
  afterAll(() => fleet?.lab.destroy());

  test.each(methods)('a copy by %s is whole', async (method) => {
    await leader.mysql.sql(spoil(flavour));
    await follower.mysql.sql(spoil(flavour));
    const allowed = ['--allow', 'NO_PRIMARY_KEY,NOT_TRANSACTIONAL'];
    const added = await fleet.replctl.run(['add-follower', 'follower', '--method', method, '--replace', ...allowed]);
    expectExit(added, 0);
    const status = await fleet.replctl.run(['status']);
    expectExit(status, 0);
    await leader.mysql.restart();
    await follower.mysql.restart();
    expect(await leader.mysql.sql(lifetimes[flavour])).toBe('0');
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('a MySQL server whose sessions begin strangely', () =>
  underStrangeDefaults('mysql', ['dump', 'clone']),
);

describeWithEverything('a MariaDB server whose sessions begin strangely', () =>
  underStrangeDefaults('mariadb', ['dump', 'mariabackup']),
);
