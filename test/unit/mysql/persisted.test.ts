import { describe, expect, test } from 'vitest';
import { persistedFor } from '../../../src/adapters/mysql/persisted.ts';
import { workFor } from './context.ts';
import { castOf } from './facts.ts';

const variables = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { Value: '1', Metadata: { Host: 'localhost', User: 'root' } }]));

const kept = (content: unknown): unknown => {
  const text = persistedFor(workFor(castOf({}), 'clone'), JSON.stringify(content));
  return text === undefined ? undefined : JSON.parse(text);
};

describe('what was set by SET PERSIST on the follower', () => {
  test('stays, but for what its option file says', () => {
    const opened = ['read_only', 'super_read_only', 'event_scheduler', 'server_id', 'gtid_mode', 'skip_replica_start'];
    expect(kept({ Version: 2, mysql_dynamic_variables: { ...variables('max_connections', ...opened) } })).toEqual({
      Version: 2,
      mysql_dynamic_variables: variables('max_connections'),
    });
  });

  test('is known by its older name too, and in older groups', () => {
    const file = {
      Version: 1,
      mysql_server: {
        ...variables('sort_buffer_size', 'slave_parallel_workers', 'log_slave_updates'),
        mysql_server_static_options: variables('skip_slave_start', 'innodb_log_buffer_size'),
      },
    };
    expect(kept(file)).toEqual({
      Version: 1,
      mysql_server: {
        ...variables('sort_buffer_size'),
        mysql_server_static_options: variables('innodb_log_buffer_size'),
      },
    });
  });

  test('starts no member of a group', () => {
    expect(kept({ mysql_static_variables: variables('group_replication_start_on_boot') })).toEqual({
      mysql_static_variables: {},
    });
  });

  test('is left behind where it cannot be read', () => {
    expect(persistedFor(workFor(castOf({}), 'clone'), '{ "Version": 2, "mysql_dyn')).toBeUndefined();
  });
});
