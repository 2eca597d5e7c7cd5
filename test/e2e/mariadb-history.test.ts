import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { sampleOf } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** The end of time is 2038 on the one and 2106 on the other. */
const story = (table: string, start: string, end: string): string =>
  `SELECT id, v, ${start}, IF(${end} > '2038-01-19', 'now', ${end}) FROM app.${table} FOR SYSTEM_TIME ALL ORDER BY 1, 3`;
const stories = [story('versioned', 'row_start', 'row_end'), story('`own period`', "`be'gan`", 'ended')];

describeWithEverything('what rows of MariaDB were, over two versions', () => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  const bothTell = async (lines: number): Promise<void> => {
    for (const query of stories) {
      const told = await leader.mysql.sql(query);
      expect(told.split('\n')).toHaveLength(lines);
      expect(await follower.mysql.sql(query)).toBe(told);
    }
  };
  beforeAll(async () => {
    fleet = await startMysqlFleet('history', 'mariadb', {
      leader: { image: 'bookworm-mariadb' },
      follower: { image: 'trixie-mariadb', follows: 'leader' },
    });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await leader.mysql
      .sql(`${sampleOf('mariadb')}; CREATE TABLE app.exact (id int PRIMARY KEY, a bigint unsigned GENERATED ALWAYS AS ROW START,
      z bigint unsigned GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (a, z)) WITH SYSTEM VERSIONING; INSERT INTO app.exact (id) VALUES (1), (2); DELETE FROM app.exact WHERE id = 1`);
  });
  afterAll(() => fleet?.lab.destroy());

  const add = ['add-follower', 'follower'];
  test('is not dumped where it is told by transactions, unless that is allowed', async () => {
    const refused = await fleet.replctl.run([...add, '--allow', 'NOT_TRANSACTIONAL']);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/HISTORY_LOST.*app\.exact/s);
  });

  test('comes over with them, and goes on', async () => {
    expectExit(await fleet.replctl.run([...add, '--allow', 'NOT_TRANSACTIONAL,HISTORY_LOST']), 0);
    await applied(leader, follower);
    await bothTell(3);
    await leader.mysql.sql(
      "UPDATE app.versioned SET v = 'again' WHERE id = 1; DELETE FROM app.`own period` WHERE id = 1; INSERT INTO app.`own period` (id, v) VALUES (9, 'new')",
    );
    await applied(leader, follower);
    await bothTell(4);
    expect(await follower.mysql.sql('SELECT id FROM app.exact')).toBe('2');
  });
});
