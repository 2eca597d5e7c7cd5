import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** A table that is others' rows, and one that has none: what is read from it must not be written to it. */
const common = `CREATE DATABASE app; CREATE DATABASE elsewhere; USE app;
CREATE TABLE one (id int, v varchar(20), KEY (id)) ENGINE = MyISAM; CREATE TABLE two LIKE one; INSERT INTO one VALUES (1, 'a'), (2, 'b'); INSERT INTO two VALUES (3, 'c');
CREATE TABLE all_of_them (id int, v varchar(20), KEY (id)) ENGINE = MERGE UNION = (one, two) INSERT_METHOD = LAST;
CREATE TABLE nothing (id int PRIMARY KEY, v varchar(20)) ENGINE = BLACKHOLE; CREATE TABLE old (id int, v varchar(20)) ENGINE = ARCHIVE; INSERT INTO old VALUES (1, 'x');
CREATE TABLE list (id int NOT NULL, v varchar(20) NOT NULL) ENGINE = CSV; INSERT INTO list VALUES (1, 'x,y"z');
CREATE TABLE elsewhere.far (id int NOT NULL, v varchar(20)); INSERT INTO elsewhere.far VALUES (1, 'far'), (2, 'away')`;

/** Both servers see the leader's rows in it. */
const federated = (address: string): string =>
  `CREATE USER remote@'%' IDENTIFIED BY 'pw.1Aa1'; GRANT ALL ON elsewhere.* TO remote@'%';
CREATE TABLE app.mirror (id int NOT NULL, v varchar(20)) ENGINE = FEDERATED CONNECTION = 'mysql://remote:pw.1Aa1@${address}:3306/elsewhere/far'`;

const withManyEngines = (flavour: Flavour): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    const settings =
      flavour === 'mysql' ? { federated: 'ON' } : { plugin_load_add: 'ha_federatedx;ha_blackhole;ha_archive' };
    fleet = await startMysqlFleet(`engines-${flavour}`, flavour, {
      leader: { settings },
      follower: { settings, follows: 'leader' },
    });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.mysql.sql(`${common}; ${federated(leader.address)}`);
  });
  afterAll(() => fleet?.lab.destroy());

  test('are dumped, and nothing is written by way of a table to another', async () => {
    const added = await fleet.replctl.run([
      'add-follower',
      'follower',
      '--method',
      'dump',
      '--allow',
      'NOT_TRANSACTIONAL',
    ]);
    expectExit(added, 0);
    await applied(leader, follower);
    for (const machine of [leader, follower]) {
      expect(
        await machine.mysql.sql('SELECT COUNT(*) FROM app.two UNION ALL SELECT COUNT(*) FROM app.all_of_them'),
      ).toBe('1\n3');
      expect(
        await machine.mysql.sql('SELECT COUNT(*) FROM elsewhere.far UNION ALL SELECT COUNT(*) FROM app.mirror'),
      ).toBe('2\n2');
    }
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
  });
};

describeWithEverything('a function of a library', () => {
  let fleet: MysqlFleet;
  beforeAll(async () => {
    fleet = await startMysqlFleet('library', 'mysql', { leader: {}, follower: { follows: 'leader' } });
    await fleet.machines['leader']!.mysql.sql(
      `CREATE FUNCTION service_release_locks RETURNS INT SONAME 'locking_service.so'; CREATE DATABASE app;
       CREATE VIEW app.freed AS SELECT service_release_locks('name') AS done`,
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test('is there after a dump, and what calls it', async () => {
    await fleet.replctl.ok(['add-follower', 'follower', '--method', 'dump']);
    expect(await fleet.machines['follower']!.mysql.sql('SELECT name, dl FROM mysql.func')).toBe(
      'service_release_locks\tlocking_service.so',
    );
    expect(await fleet.machines['follower']!.mysql.sql('SHOW CREATE VIEW app.freed')).toContain(
      'service_release_locks',
    );
  });
});

describeWithEverything('tables of many engines of MySQL', () => withManyEngines('mysql'));
describeWithEverything('tables of many engines of MariaDB', () => withManyEngines('mariadb'));
