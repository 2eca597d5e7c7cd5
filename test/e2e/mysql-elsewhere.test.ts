import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

const outside = '/srv/other disk';

const partitioned = `PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (10) DATA DIRECTORY = '${outside}', PARTITION high VALUES LESS THAN MAXVALUE)`;
const table = 'id int PRIMARY KEY, text varchar(20), KEY (text)';

const made: Readonly<Record<Flavour, string>> = {
  mysql: `CREATE TABLESPACE \`more room\` ADD DATAFILE '${outside}/more room.ibd'; CREATE TABLESPACE near ADD DATAFILE 'near.ibd' FILE_BLOCK_SIZE = 8192;
    CREATE TABLE app.roomy (${table}) TABLESPACE \`more room\`; CREATE TABLE app.near (${table}) TABLESPACE near ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 8;
    INSERT INTO app.roomy VALUES (1, 'a'), (2, 'b'); INSERT INTO app.near VALUES (1, 'a')`,
  mariadb: `CREATE TABLE app.aria (${table}) ENGINE = Aria DATA DIRECTORY = '${outside}' INDEX DIRECTORY = '${outside}'; INSERT INTO app.aria VALUES (1, 'a'), (2, 'b')`,
};
const physical: Readonly<Record<Flavour, string>> = { mysql: 'clone', mariadb: 'mariabackup' };
const tables: Readonly<Record<Flavour, readonly string[]>> = {
  mysql: ['far', 'parts', 'roomy', 'near'],
  mariadb: ['far', 'parts', 'aria'],
};

const withFilesElsewhere = (flavour: Flavour): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`elsewhere-${flavour}`, flavour, {
      leader: { settings: flavour === 'mysql' ? { innodb_directories: outside } : {} },
      follower: { follows: 'leader' },
    });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.ok(`install -d -o mysql -g mysql '${outside}'`);
    await leader.mysql.restart();
    await leader.mysql.sql(
      `CREATE DATABASE app; CREATE TABLE app.far (${table}) DATA DIRECTORY = '${outside}'; CREATE TABLE app.parts (${table}) ${partitioned};
       INSERT INTO app.far VALUES (1, 'a'); INSERT INTO app.parts VALUES (3, 'a'), (33, 'b'); ${made[flavour]}`,
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test('is not copied as files, which says where they lie', async () => {
    const refused = await fleet.replctl.run(['add-follower', 'follower', '--method', physical[flavour]]);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/METHOD_UNUSABLE.*outside of its data directory/s);
  });

  test('is dumped instead, into the data directory of the follower', async () => {
    const added = await fleet.replctl.run(['add-follower', 'follower', '--allow', 'NOT_TRANSACTIONAL']);
    expectExit(added, 0);
    expect(added.json.result).toMatchObject({ method: 'dump' });
    await leader.mysql.sql("INSERT INTO app.far VALUES (4, 'after')");
    await applied(leader, follower);
    await follower.mysql.restart();
    for (const name of tables[flavour]) {
      const sum = `SELECT COUNT(*), SUM(CRC32(CONCAT(id, text))) FROM app.${name}`;
      expect(await follower.mysql.sql(sum)).toBe(await leader.mysql.sql(sum));
    }
    expect((await follower.run(['test', '-e', outside])).exitCode).not.toBe(0);
  });
};

describeWithEverything('a MySQL leader with files outside of its data directory', () => withFilesElsewhere('mysql'));

describeWithEverything('a MariaDB leader with files outside of its data directory', () =>
  withFilesElsewhere('mariadb'),
);
