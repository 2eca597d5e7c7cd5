import { describe, expect, test } from 'vitest';
import { fragment, fragmentPath, isTailingFragment } from '../../../src/adapters/mysql/fragment.ts';
import { workFor } from './context.ts';
import { castOf, type UnlikeCast } from './facts.ts';

const linesOf = (unlike: UnlikeCast, state: 'held' | 'closed' | 'tailing'): readonly string[] =>
  fragment(workFor(castOf(unlike), 'dump'), state).split('\n');

describe('a follower’s option file', () => {
  test.each(['mysql', 'mariadb'] as const)('closes %s before anything can open it', (flavour) => {
    const closed = linesOf({ flavour }, 'closed');
    expect(closed).toEqual(expect.arrayContaining(['read_only = ON', 'event_scheduler = OFF', 'log_bin = binlog']));
    expect(closed).toContain(flavour === 'mysql' ? 'skip_replica_start = ON' : 'skip_slave_start = ON');
    expect(closed.includes('super_read_only = ON')).toBe(flavour === 'mysql');
  });

  test('lets no server start in the middle of a swap', () => {
    expect(linesOf({}, 'held').some((line) => line.startsWith('replctl_holds_this_server'))).toBe(true);
    expect(linesOf({}, 'closed').some((line) => line.startsWith('replctl_holds_this_server'))).toBe(false);
  });

  test('lets it go on by itself after a restart once all is proved, and stays closed', () => {
    const tailing = linesOf({}, 'tailing');
    expect(tailing).not.toContain('skip_replica_start = ON');
    expect(tailing).toEqual(expect.arrayContaining(['super_read_only = ON', 'event_scheduler = OFF']));
    expect(isTailingFragment(tailing.join('\n'))).toBe(true);
    expect(isTailingFragment(linesOf({}, 'closed').join('\n'))).toBe(false);
  });

  test('has the leader’s GTID mode and a server_id of its own', () => {
    const off = { leader: { settings: { gtid_mode: 'OFF', enforce_gtid_consistency: 'OFF' } } };
    expect(linesOf(off, 'closed')).toEqual(
      expect.arrayContaining(['gtid_mode = OFF', 'enforce_gtid_consistency = OFF']),
    );
    const id = linesOf({}, 'closed').find((line) => line.startsWith('server_id'));
    expect(Number(id?.split('=')[1])).toBeGreaterThan(1_000_000);
  });

  test('takes what its leader takes, in the same engine and row format where it has them', () => {
    const leader = {
      settings: { partial_revokes: 'ON', default_storage_engine: 'MyISAM', innodb_default_row_format: 'compact' },
    } as const;
    const like = ['innodb_strict_mode = OFF', 'log_bin_trust_function_creators = ON'];
    const lines = linesOf({ leader }, 'tailing');
    const named = (name: string) => lines.find((line) => line.startsWith(`${name} = `));
    expect(lines).toEqual(expect.arrayContaining(like));
    expect([named('partial_revokes'), named('innodb_default_row_format')]).toEqual([
      'partial_revokes = ON',
      'innodb_default_row_format = compact',
    ]);
    expect(named('default_storage_engine')).toBe('default_storage_engine = MyISAM');
    const other = { settings: { default_storage_engine: 'RocksDB' } } as const;
    expect(linesOf({ leader: other }, 'closed').join()).not.toContain('RocksDB');
  });

  test.each([
    ['ROW', 'ROW'],
    ['MIXED', 'MIXED'],
    ['STATEMENT', 'MIXED'],
  ])('logs what a leader of binlog_format = %s sends, as %s', (theirs, ours) => {
    expect(linesOf({ leader: { settings: { binlog_format: theirs } } }, 'closed')).toContain(`binlog_format = ${ours}`);
  });

  test('gives appliers to a machine by its cores, four at least', () => {
    const workers = (cores: number) =>
      linesOf({ follower: { machine: { cores } } }, 'closed').find((line) => line.includes('parallel_workers'));
    expect([1, 8, 64].map(workers)).toEqual([4, 8, 16].map((count) => `replica_parallel_workers = ${count}`));
  });

  test('says what to do with it, and is read after all others', () => {
    const work = workFor(castOf(), 'dump');
    expect(fragment(work, 'closed')).toMatch(/^# Written by replctl .*\n# Undone by: /);
    expect(fragmentPath(work.layouts.follower)).toBe('/etc/mysql/mysql.conf.d/zz-replctl.cnf');
  });

  test('of a server that nobody’s package started is a whole one', () => {
    const unlike = {
      follower: { layout: { control: 'direct', fragmentDir: undefined, dataDir: '/srv/a b', socket: '/srv/a b/s' } },
    };
    const own = linesOf(unlike as never, 'closed');
    expect(own).toEqual(expect.arrayContaining(['datadir = "/srv/a b"', 'socket = "/srv/a b/s"', 'port = 3306']));
  });
});
