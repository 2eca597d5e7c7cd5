import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** More than a login may have files open. */
const tables = 1100;

const many = Array.from({ length: tables }, (_, number) => {
  const name = `\`t ${number}\``;
  return `CREATE TABLE ${name} (id int PRIMARY KEY, a int, b varchar(20), KEY (a), UNIQUE KEY \`b's\` (b)); INSERT INTO ${name} VALUES (1, 2, 'x');`;
}).join('\n');

const withManyTables = (flavour: Flavour, methods: readonly string[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`many-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.mysql.sql(
      `CREATE DATABASE app; CREATE DATABASE quiet; USE app; ${many}
       ALTER TABLE \`t 2\` ADD FULLTEXT KEY (b); CREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1; CREATE TRIGGER quiet BEFORE INSERT ON \`t 1\` FOR EACH ROW SET NEW.a = 1;
       CREATE TABLE child (id int PRIMARY KEY, parent int, KEY (parent), FOREIGN KEY (parent) REFERENCES \`t 0\` (id)); INSERT INTO child VALUES (1, 1)`,
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test.each(methods)('come over by %s', async (method) => {
    const added = await fleet.replctl.run(['add-follower', 'follower', '--method', method, '--replace']);
    expectExit(added, 0);
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('a thousand tables of MySQL', () => withManyTables('mysql', ['dump', 'clone']));
describeWithEverything('a thousand tables of MariaDB', () => withManyTables('mariadb', ['dump', 'mariabackup']));
