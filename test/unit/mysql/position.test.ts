import { describe, expect, test } from 'vitest';
import { dialectOf } from '../../../src/adapters/mysql/dialect.ts';
import { parseBinlogInfo, parseSlaveInfo } from '../../../src/adapters/mysql/mariabackup/position-file.ts';
import { parsePosition } from '../../../src/adapters/mysql/steps/copy-position.ts';
import { gapOf } from '../../../src/adapters/mysql/steps/log-gap.ts';
import { castOf, uuid } from './facts.ts';

describe('what mariadb-backup says of its position', () => {
  test.each([
    ['binlog.000001\t846\t0-1-3\n', { file: 'binlog.000001', position: 846, gtid: '0-1-3' }],
    ['binlog.000001 846 0-1-3,7-2-1', { file: 'binlog.000001', position: 846, gtid: '0-1-3,7-2-1' }],
    ['binlog.000001 846', { file: 'binlog.000001', position: 846, gtid: '' }],
  ])('%j is read', (text, read) => {
    expect(parseBinlogInfo(text)).toEqual(read);
  });

  test.each(['', 'nonsense', 'binlog.000001 x'])('%j says nothing', (text) => {
    expect(parseBinlogInfo(text)).toBeUndefined();
  });

  test('of a follower it says where that was in its leader’s history', () => {
    expect(parseSlaveInfo("SET GLOBAL gtid_slave_pos = '0-1-10,2-2-4';\nCHANGE MASTER TO …")).toBe('0-1-10,2-2-4');
    expect(parseSlaveInfo('CHANGE MASTER TO …')).toBeUndefined();
  });
});

test.each<[string, ReturnType<typeof parsePosition>]>([
  [
    '{"gtid":"a:1-5,\\nb:1","file":"b.1","position":4}',
    { history: 'a:1-5,b:1', coordinates: { file: 'b.1', position: 4 } },
  ],
  ['{"gtid":"","file":null,"position":null}', { history: '', coordinates: null }],
  ['{}', { history: null, coordinates: null }],
  ['[]', { history: null, coordinates: null }],
])('a copy’s own note %s is read', (text, read) => {
  expect(parsePosition(text)).toEqual(read);
});

describe('a gap between the copy and the log', () => {
  const mysql = dialectOf({ flavour: 'mysql', version: '9.7.4' });
  const upstream = castOf().leader.server!;
  const off = { ...upstream, settings: { ...upstream.settings, gtid_mode: 'OFF' } };

  test.each([
    ['nothing is purged', '', `${uuid}:1-10`],
    ['what is purged is in the copy', `${uuid}:1-10`, `${uuid}:1-10`],
  ])('is none where %s', (_, purged, history) => {
    expect(gapOf(mysql, { ...upstream, purged }, { history, coordinates: null })).toBeUndefined();
  });

  test('is told by how many transactions are gone', () => {
    const found = gapOf(mysql, { ...upstream, purged: `${uuid}:1-15` }, { history: `${uuid}:1-10`, coordinates: null });
    expect(found).toMatch(/^5 transactions/);
  });

  test('is told by the binlog that is gone, where GTIDs are off', () => {
    const at = (file: string) => gapOf(mysql, off, { history: '', coordinates: { file, position: 4 } });
    expect(at('binlog.000003')).toBeUndefined();
    expect(at('binlog.000001')).toMatch(/binlog\.000001.*the oldest is binlog\.000002/);
  });
});
