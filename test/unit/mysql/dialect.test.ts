import { describe, expect, test } from 'vitest';
import { Masked, reveal, shown } from '../../../src/masked.ts';
import { dialectOf } from '../../../src/adapters/mysql/dialect.ts';

const source = {
  host: '10.0.0.11',
  port: 3307,
  user: 'replctl_db2',
  password: new Masked("it's"),
  tls: 'require',
  from: 'gtid',
} as const;

/** Every statement of a version line, one a line. */
const statements = (flavour: 'mysql' | 'mariadb', version: string): string => {
  const dialect = dialectOf({ flavour, version });
  const lines = [
    dialect.showPosition,
    dialect.showReplica,
    dialect.startReplica,
    dialect.stopReplica,
    dialect.resetReplica,
    dialect.resetHistory,
    `SELECT ${dialect.history}`,
    `SELECT ${dialect.purged}`,
    dialect.encryption,
    ...dialect.seedHistory(flavour === 'mysql' ? 'a7e1c2d0-0000-4000-8000-000000000001:1-5' : '0-1-5'),
    ...dialect.seedHistory(''),
    ...dialect.readOnly.map((name) => `SET GLOBAL ${name} = ON`),
    ...Object.values(dialect.options),
    shown(dialect.identified(new Masked('secret'))),
    shown(dialect.changeSource(source)),
    shown(dialect.changeSource({ ...source, tls: 'off', from: { file: 'binlog.000007', position: 1234 } })),
    shown(dialect.changeSource({ ...source, tls: 'verify-full' })),
  ];
  return `${lines.join('\n')}\n`;
};

describe('what is said to', () => {
  test.each([
    ['mysql', '8.0.21'],
    ['mysql', '8.0.22'],
    ['mysql', '8.0.44'],
    ['mysql', '8.4.7'],
    ['mysql', '9.7.4'],
    ['mariadb', '10.6.22'],
    ['mariadb', '10.11.18'],
    ['mariadb', '11.8.9'],
  ] as const)('%s %s', async (flavour, version) => {
    await expect(statements(flavour, version)).toMatchFileSnapshot(`golden/dialect-${flavour}-${version}.txt`);
  });
});

test('MariaDB is sent the hash of a password, as PASSWORD() makes it', () => {
  const sent = dialectOf({ flavour: 'mariadb', version: '11.8.9' }).identified(new Masked('password'));
  expect(reveal(sent)).toBe("IDENTIFIED VIA mysql_native_password USING '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'");
});

describe('transactions', () => {
  const mysql = dialectOf({ flavour: 'mysql', version: '9.7.4' });
  const mariadb = dialectOf({ flavour: 'mariadb', version: '11.8.9' });
  const id = 'a7e1c2d0-0000-4000-8000-000000000001';

  test('that a follower lacks are counted', () => {
    expect(mysql.missing(`${id}:1-10`, `${id}:1-4`)).toBe(6);
    expect(mysql.missing(`${id}:1-10`, `${id}:1-40`)).toBe(0);
    expect(mariadb.missing('0-1-10,1-1-3', '0-1-4')).toBe(9);
  });

  test('that only a follower has are named', () => {
    expect(mysql.errant(`${id}:1-12`, `${id}:1-10`)).toBe(`${id}:11-12`);
    expect(mysql.errant(`${id}:1-8`, `${id}:1-10`)).toBe('');
    expect(mariadb.errant('0-2-12', '0-1-10')).toBe('0-2-12');
    expect(mariadb.errant('0-1-8', '0-1-10')).toBe('');
  });
});
