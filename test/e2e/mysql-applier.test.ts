import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { describeInLab } from './support/in-lab.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet, type Settings } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** What lets a leader take what a server of the package would refuse. No event tells of them. */
const lenient: Readonly<Record<Flavour, Settings>> = {
  mysql: { log_bin_trust_function_creators: 'ON', default_storage_engine: 'MyISAM', partial_revokes: 'ON' },
  mariadb: { log_bin_trust_function_creators: 'ON', default_storage_engine: 'Aria' },
};

const wide = (name: string): string => {
  const columns = Array.from({ length: 12 }, (_, at) => `c${at} char(255)`).join(', ');
  return `CREATE TABLE app.${name} (id int PRIMARY KEY, ${columns}) ENGINE = InnoDB ROW_FORMAT = COMPACT CHARACTER SET utf8mb4`;
};

const statements: Readonly<Record<Flavour, readonly string[]>> = {
  mysql: ["CREATE USER most@'%'", "GRANT SELECT ON *.* TO most@'%'", "REVOKE SELECT ON app.* FROM most@'%'"],
  mariadb: [],
};

const taken = (flavour: Flavour, round: string): string =>
  [
    'SET SESSION innodb_strict_mode = OFF',
    wide(`wide_${round}`),
    `CREATE FUNCTION app.dice_${round}() RETURNS double RETURN RAND()`,
    `CREATE TABLE app.plain_${round} (id int PRIMARY KEY, v varchar(20))`,
    `INSERT INTO app.plain_${round} VALUES (1, 'a')`,
    ...statements[flavour].map((statement) => statement.replaceAll('most@', `most_${round}@`)),
  ].join(';\n');

const odd: Readonly<Record<Flavour, string>> = {
  mysql: 'replicate_ignore_db = scratch\nreplica_skip_errors = 1062\nreplica_exec_mode = IDEMPOTENT',
  mariadb: 'replicate_ignore_db = scratch\nslave_skip_errors = 1062\nslave_exec_mode = IDEMPOTENT',
};
const told = /replicate_ignore_db = scratch/;

const applies = (flavour: Flavour): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`applier-${flavour}`, flavour, {
      leader: { settings: lenient[flavour] },
      follower: { follows: 'leader' },
    });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.mysql.sql('CREATE DATABASE app');
  });
  afterAll(() => fleet?.lab.destroy());

  test('what the leader took, before the copy and after it', async () => {
    await leader.mysql.sql(taken(flavour, 'before'));
    const args = ['add-follower', 'follower', '--method', 'dump', '--allow', 'NOT_TRANSACTIONAL'];
    expectExit(await fleet.replctl.run(args), 0);
    await leader.mysql.sql(taken(flavour, 'after'));
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });

  test('all of it: a server whose option file passes over a part is refused, or told of where it is allowed', async () => {
    const conf = `/etc/mysql/${flavour === 'mysql' ? 'mysql' : 'mariadb'}.conf.d/60-odd.cnf`;
    await follower.ok(`printf '[mysqld]\n%s\n' '${odd[flavour]}' >${conf}`);
    await follower.mysql.restart();
    const args = ['add-follower', 'follower', '--method', 'dump', '--replace', '--allow', 'NOT_TRANSACTIONAL'];
    const refused = await fleet.replctl.run(args);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(told);
    const allowed = await fleet.replctl.run([...args, '--allow', 'REPLICATION_FILTERS']);
    expectExit(allowed, 0);
    expect(allowed.json.warnings.filter(({ code }) => code === 'REPLICATION_FILTERS')).not.toEqual([]);
    expect((await fleet.replctl.run(['status'])).stdout).toMatch(told);
  });
};

/** Behind the directories that are included, where many write their own: it is read last. */
const lastWord = `printf '\\n[mysqld]\\nevent_scheduler = ON\\n' >>/etc/mysql/my.cnf`;

const isAsked = (flavour: Flavour): void => {
  let fleet: MysqlFleet;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`last-word-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    await fleet.machines['leader']!.mysql.sql('CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY)');
  });
  afterAll(() => fleet?.lab.destroy());

  test('its old server is left alone, and the run goes on once that is mended', async () => {
    const follower = fleet.machines['follower']!;
    await follower.ok(lastWord);
    const before = await follower.mysql.sql('SELECT @@server_id, @@datadir');
    const failed = await fleet.replctl.run(['add-follower', 'follower', '--method', 'dump']);
    expectExit(failed, 4);
    expect(failed.stdout).toContain('event_scheduler = ON');
    await follower.mysql.restart();
    expect(await follower.mysql.sql('SELECT @@server_id, @@datadir')).toBe(before);
    await follower.ok("sed -i '/^event_scheduler/d' /etc/mysql/my.cnf");
    expectExit(await fleet.replctl.run(['resume']), 0);
    expect(await follower.mysql.sql('SELECT @@event_scheduler')).toBe('OFF');
  });
};

describeWithEverything('a MySQL whose option file would have the last word', () => isAsked('mysql'));
describeWithEverything('a MariaDB whose option file would have the last word', () => isAsked('mariadb'));

describeInLab('a follower of MySQL applies', () => applies('mysql'));
describeWithEverything('a follower of MariaDB applies', () => applies('mariadb'));
