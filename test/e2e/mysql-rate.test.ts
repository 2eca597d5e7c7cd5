import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, Method } from '../../src/procedures/contract.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';

const megabyte = 1_000_000;

const keepsToTheRate = (flavour: Flavour, methods: readonly Method[]): void => {
  let fleet: MysqlFleet;
  let follower: Machine;
  const received = async () => Number(await follower.ok('cat /sys/class/net/eth0/statistics/rx_bytes'));
  /** Megabytes a second that the follower was sent while it copied. */
  const pace = async (flags: readonly string[]): Promise<number> => {
    const before = await received();
    const { steps } = await fleet.replctl.ok<AddFollowerResult>(['add-follower', 'follower', ...flags]);
    const bytes = (await received()) - before;
    const { seconds } = steps.find(({ id }) => id === 'transfer.copy')!;
    return bytes / megabyte / seconds!;
  };

  beforeAll(async () => {
    fleet = await startMysqlFleet(`rate-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    follower = fleet.machines['follower']!;
    // Bytes that no compression makes fewer, in several tables.
    const table = (name: string) =>
      `CREATE TABLE app.${name} (id int PRIMARY KEY, bytes longblob); INSERT INTO app.${name} WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 800) SELECT i, CONCAT(${Array.from({ length: 16 }, () => 'RANDOM_BYTES(1024)').join(', ')}) FROM g;`;
    await fleet.machines['leader']!.mysql.sql(`CREATE DATABASE app; ${['a', 'b', 'c'].map(table).join('\n')}`);
  });
  afterAll(() => fleet?.lab.destroy());

  test.for(methods)('by %s', async (method) => {
    const again = ['--method', method, '--replace', '--discard-old'];
    expect(await pace([...again, '--rate', '2MB/s'])).toBeLessThan(2.5);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
    // Else something else had slowed it down.
    expect(await pace(again)).toBeGreaterThan(2.7);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });

  test('and a dump begins on a link that brings a tenth of a megabyte a second', async () => {
    const leader = fleet.machines['leader']!;
    await leader.mysql.sql('DROP DATABASE app; CREATE DATABASE app; CREATE TABLE app.a (id int PRIMARY KEY)');
    await leader.slow('1mbit');
    try {
      await fleet.replctl.ok(['add-follower', 'follower', '--method', 'dump', '--replace', '--discard-old']);
    } finally {
      await leader.fast();
    }
    expect(await follower.mysql.sql('SELECT COUNT(*) FROM app.a')).toBe('0');
  });
};

describeWithEverything('a copy of MySQL that is told a rate keeps to it', () =>
  keepsToTheRate('mysql', ['clone', 'dump']),
);
describeWithEverything('a copy of MariaDB that is told a rate keeps to it', () =>
  keepsToTheRate('mariadb', ['mariabackup', 'dump']),
);
