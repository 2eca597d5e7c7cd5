import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** What a careful server would not take, or shows as something else: the ends of numbers, impossible dates, rows against their constraints and in others' partitions. */
const odd = `SET SESSION sql_mode = '', foreign_key_checks = 0; CREATE DATABASE v; USE v;
CREATE TABLE numbers (id int PRIMARY KEY, f float, d double, e decimal(65, 30)); INSERT INTO numbers VALUES
  (1, 16777215, 1.7976931348623157e308, 99999999999999999999999999999999999.999999999999999999999999999999), (2, 0.1, -0.0, 0.1), (3, 3.4028234e38, 2.2250738585072014e-308, 0);
CREATE TABLE times (id int PRIMARY KEY, e enum ('a', 'b'), s set ('x', 'y'), d date, dt datetime, y year, t time(6), b bit(13)); INSERT INTO times VALUES
  (1, 'z', 'q', '0000-00-00', '2024-00-00', 0, '-838:59:59', b'1010'), (2, '', '', '2024-02-31', '0000-00-00 00:00:00', 1999, '12:00:00.123456', 0);
CREATE TABLE counted (id bigint unsigned AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 18446744073709551000; INSERT INTO counted VALUES (NULL);
SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; INSERT INTO counted VALUES (0); SET SESSION sql_mode = '';
CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE orphan (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES parent (id)); INSERT INTO orphan VALUES (1, 99);
CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20));
CREATE TABLE astray (id int PRIMARY KEY); INSERT INTO astray VALUES (7), (15); ALTER TABLE parted EXCHANGE PARTITION p0 WITH TABLE astray WITHOUT VALIDATION`;

const own: Readonly<Record<Flavour, string>> = {
  mysql: `CREATE TABLE v.documents (id int PRIMARY KEY, j json);
INSERT INTO v.documents VALUES (1, JSON_OBJECT('at', CAST('2024-05-06 07:08:09' AS datetime), 'b', CAST(X'0102' AS json))), (2, JSON_OBJECT('price', CAST(1.10 AS decimal(5, 2))))`,
  mariadb: `CREATE TABLE v.positive (id int PRIMARY KEY, n int, CHECK (n > 0)); SET SESSION check_constraint_checks = 0; INSERT INTO v.positive VALUES (1, -5)`,
};

/** A text has no decimals: 1.10 is a double once it was read. */
const rounded: Readonly<Record<Flavour, readonly unknown[]>> = {
  mysql: [expect.stringContaining('1.10'), expect.stringMatching(/1\.1\D/)],
  mariadb: [],
};

const comeOver = (flavour: Flavour): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`values-${flavour}`, flavour, {
      leader: { settings: { binlog_format: 'ROW' } },
      follower: { settings: { binlog_format: 'STATEMENT' }, follows: 'leader' },
    });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.mysql.sql(`${odd}; ${own[flavour]}`);
  });
  afterAll(() => fleet?.lab.destroy());

  test('by a dump, and those that are written later', async () => {
    expectExit(await fleet.replctl.run(['add-follower', 'follower', '--method', 'dump']), 0);
    await leader.mysql.sql('UPDATE v.numbers SET d = 2 WHERE id = 2; INSERT INTO v.parent VALUES (1)');
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual(rounded[flavour]);
  });
};

describeWithEverything('odd values of MySQL', () => comeOver('mysql'));
describeWithEverything('odd values of MariaDB', () => comeOver('mariadb'));
