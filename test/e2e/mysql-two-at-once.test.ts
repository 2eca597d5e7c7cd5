import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Method } from '../../src/procedures/contract.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { lookAtMysql } from './support/mysql-world.ts';
import { expectExit } from './support/replctl.ts';

const retention = 'SELECT @@GLOBAL.binlog_expire_logs_seconds';
const names = ['one', 'two', 'three'] as const;

const atOnce = (flavour: Flavour, methods: readonly Method[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;

  beforeAll(async () => {
    fleet = await startMysqlFleet(`at-once-${flavour}`, flavour, {
      leader: { settings: { binlog_expire_logs_seconds: 3600 } },
      one: { follows: 'leader' },
      two: { follows: 'leader' },
      three: { follows: 'leader' },
    });
    leader = fleet.machines['leader']!;
    await leader.mysql.sql(
      'CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY, text varchar(2000)); INSERT INTO app.t WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 1000) SELECT i, REPEAT(SHA2(RAND(i), 512), 12) FROM g',
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test('all come to be, and the last one puts back what was raised for them', async () => {
    const before = await lookAtMysql(leader, flavour);
    let over = false;
    const runs = names.map((name, at) =>
      // Slow enough for them to meet: a server of MySQL gives one clone at a time.
      fleet.replctl.run(['add-follower', name, '--method', methods[at]!, '--rate', '15MB/s']),
    );
    const seen: string[] = [];
    const watching = (async () => {
      while (!over) {
        seen.push(await leader.mysql.sql(retention));
        await sleep(200);
      }
    })();
    const all = await Promise.all(runs).finally(() => (over = true));
    await watching;
    for (const ended of all) expectExit(ended, 0);
    const phases = all.flatMap(({ events }) => events.map((event) => ('phase' in event ? event.phase : '')));
    // Backups of MariaDB go side by side.
    expect(phases.some((phase) => phase?.startsWith('waiting for another clone of leader'))).toBe(flavour === 'mysql');
    // Raised once, and put back once.
    expect(seen.filter((value, at) => value !== seen[at - 1])).toEqual(['3600', '86400', '3600']);
    for (const name of names) {
      const follower = fleet.machines[name]!;
      await applied(leader, follower);
      expect((await compareMysql(leader, follower)).differences).toEqual([]);
    }
    // Of the three nothing but their accounts is on the leader.
    const { world } = await lookAtMysql(leader, flavour);
    const accounts = /^account\treplctl_(?:one|two|three)_.*\n/gm;
    expect(world.match(accounts)).toHaveLength(3);
    expect(world.replaceAll(accounts, '')).toBe(before.world);
  });
};

describeWithEverything('three followers of one leader at the same time, on MySQL', () =>
  atOnce('mysql', ['clone', 'clone', 'dump']),
);
describeWithEverything('three followers of one leader at the same time, on MariaDB', () =>
  atOnce('mariadb', ['mariabackup', 'mariabackup', 'dump']),
);
