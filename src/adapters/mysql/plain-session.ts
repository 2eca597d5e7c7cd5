import type { Layout } from './layout.ts';

const values = (list: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(list).map(([name, value]) => `SESSION ${name} = ${value}`);

/** No limit, as both engines write it. */
export const unlimited = '18446744073709551615';

const common = values({
  // No plain SQL mode changes what a quote, a backslash or two bars mean.
  sql_mode: "'NO_ENGINE_SUBSTITUTION'",
  autocommit: 1,
  completion_type: 0,
  group_concat_max_len: 1_048_576,
  sql_auto_is_null: 0,
  sql_big_selects: 1,
  sql_quote_show_create: 1,
  sql_safe_updates: 0,
  sql_select_limit: unlimited,
  time_zone: "'+00:00'",
});

const own: Readonly<Record<Layout['flavour'], readonly string[]>> = {
  mysql: values({
    max_execution_time: 0,
    transaction_isolation: "'REPEATABLE-READ'",
    transaction_read_only: 0,
  }),
  mariadb: values({
    max_statement_time: 0,
    idle_transaction_timeout: 0,
    idle_readonly_transaction_timeout: 0,
    idle_write_transaction_timeout: 0,
    tx_isolation: "'REPEATABLE-READ'",
    tx_read_only: 0,
  }),
};

/** Keys that the server made, and would not tell of (from 8.0.30 on). */
const newer: Readonly<Record<Layout['flavour'], string>> = {
  mysql: ' /*!80030 , SESSION show_gipk_in_create_table_and_information_schema = 1 */',
  mariadb: '',
};

/**
 * The statement that makes a session mean the same on every server. What it begins with is the server's choice, and somebody may have chosen `sql_select_limit`,
 * `autocommit`, `max_statement_time` or a strange SQL mode for all.
 */
export const plainSession = (flavour: Layout['flavour']): string =>
  `SET ${[...common, ...own[flavour]].join(', ')}${newer[flavour]}, NAMES utf8mb4`;
