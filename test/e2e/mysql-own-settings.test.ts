import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInLab } from './support/in-lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** Half of these are set when the data directory is made, and none of them is what a server has by default. */
const settings = [
  'innodb_page_size = 8192',
  'innodb_data_file_path = ibdata1:20M;ibdata2:12M:autoextend',
  'lower_case_table_names = 1',
  'character_set_server = latin1',
  'collation_server = latin1_german2_ci',
  'character_set_filesystem = utf8mb4',
  'sql_mode = ANSI_QUOTES',
];

const initialise = {
  mysql: `setpriv --reuid mysql --regid mysql --clear-groups mysqld --initialize-insecure
systemctl start mysql
mysql -u root -e "INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'; ALTER USER root@localhost IDENTIFIED WITH auth_socket"`,
  mariadb: `mariadb-install-db --user=mysql --skip-test-db >/dev/null
systemctl start mariadb`,
} as const;

const remake = async (machine: Machine, flavour: Flavour): Promise<void> => {
  await machine.ok(`set -e
systemctl stop ${flavour}
find /var/lib/mysql -mindepth 1 -delete
printf '%s\\n' '[mysqld]' ${settings.map((line) => `'${line}'`).join(' ')} >/etc/mysql/${flavour === 'mysql' ? 'mysql' : 'mariadb'}.conf.d/70-own.cnf
${initialise[flavour]}`);
};

const withOwnSettings = (flavour: Flavour, methods: readonly string[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`own-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await Promise.all([leader, follower].map(async (machine) => remake(machine, flavour)));
    await leader.mysql.sql(
      `CREATE DATABASE App; CREATE TABLE App.Straße (id int PRIMARY KEY, text varchar(200)); INSERT INTO App.Straße VALUES (1, 'ärgern'), (2, _latin1 X'E4')`,
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test.each(methods)('comes over by %s', async (method) => {
    const added = await fleet.replctl.run([
      'add-follower',
      'follower',
      '--method',
      method,
      '--replace',
      '--discard-old',
    ]);
    expectExit(added, 0);
    await leader.mysql.sql("INSERT INTO App.Straße SELECT MAX(id) + 1, 'mehr' FROM App.Straße");
    await applied(leader, follower);
    await follower.mysql.restart();
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeInLab('a MySQL leader of other page size, letter case and character set', () =>
  withOwnSettings('mysql', ['clone', 'dump']),
);

describeWithEverything('a MariaDB leader of other page size, letter case and character set', () =>
  withOwnSettings('mariadb', ['mariabackup', 'dump']),
);
