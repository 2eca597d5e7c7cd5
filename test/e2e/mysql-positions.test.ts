import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import { sampleOf } from './support/mysql-ground.ts';
import { applied, appliedPosition, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { startMysqlWriter } from './support/mysql-writer.ts';
import { expectExit } from './support/replctl.ts';

describeWithEverything('add-follower on MySQL without GTIDs', () => {
  let fleet: MysqlFleet;
  const off = { gtid_mode: 'OFF', enforce_gtid_consistency: 'OFF' };
  beforeAll(async () => {
    fleet = await startMysqlFleet('gtid-off', 'mysql', { leader: { settings: off }, follower: { follows: 'leader' } });
    await fleet.machines['leader']!.mysql.sql(sampleOf('mysql'));
  });
  afterAll(() => fleet?.lab.destroy());

  test('refuses to replace data that is there, and leaves it as it is', async () => {
    const { follower } = fleet.machines;
    await follower!.mysql.sql(
      'CREATE DATABASE shop; CREATE TABLE shop.orders (id int PRIMARY KEY); INSERT INTO shop.orders VALUES (7)',
    );
    const refused = await fleet.replctl.run(['add-follower', 'follower']);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/DATA_PRESENT.*database shop/s);
    expect(await follower!.mysql.sql('SELECT id FROM shop.orders')).toBe('7');
  });

  test.each(['clone', 'dump'] as const)('follows by file and position, copied by %s', async (method) => {
    const { leader, follower } = fleet.machines;
    const writer = method === 'clone' ? await startMysqlWriter(leader!) : undefined;
    const argv = ['add-follower', 'follower', '--method', method, '--replace'];
    const result = await fleet.replctl.ok<AddFollowerResult>(argv);
    expect(result).toMatchObject({ outcome: 'added', method, position: { file: expect.stringContaining('binlog.') } });
    await writer?.stop();
    await leader!.mysql.sql('SET GLOBAL event_scheduler = OFF');
    await appliedPosition(leader!, follower!);
    expect((await compareMysql(leader!, follower!)).differences).toEqual([]);
    const status = await fleet.replctl.ok<StatusResult>(['status']);
    expect(status.nodes[1]).toMatchObject({ state: 'streaming', lag: { bytes: 0, seconds: 0, transactions: null } });
    expect((await fleet.replctl.ok<AddFollowerResult>(['add-follower', 'follower'])).outcome).toBe('already');
    expectExit(await fleet.replctl.run(['remove-follower', 'follower', '--yes']), 0);
  });

  test('keeps what was replaced: it starts, with its rows', async () => {
    const { follower } = fleet.machines;
    const aside = await follower!.ok('ls -d /var/lib/mysql/.replctl-*/aside | tail -n 2');
    const files = await follower!.ok(`find ${aside.trim().replaceAll('\n', ' ')} -name 'orders.ibd'`);
    expect(files.trim().split('\n')).toHaveLength(1);
  });
});

describeWithEverything('add-follower from MariaDB 10.11 to 11.8', () => {
  let fleet: MysqlFleet;
  beforeAll(async () => {
    fleet = await startMysqlFleet('versions', 'mariadb', {
      leader: { image: 'bookworm-mariadb' },
      follower: { follows: 'leader' },
    });
    await fleet.machines['leader']!.mysql.sql(`SET GLOBAL event_scheduler = OFF;\n${sampleOf('mariadb')}`);
  });
  afterAll(() => fleet?.lab.destroy());

  test('takes a dump by itself, says why, and lets the follower catch up less durably', async () => {
    const { leader, follower } = fleet.machines;
    const writer = await startMysqlWriter(leader!);
    const added = await fleet.replctl.run(['add-follower', 'follower', '--fast-catch-up', '--parallel', '2']);
    expectExit(added, 0);
    expect(added.json.result).toMatchObject({ method: 'dump' });
    expect(JSON.stringify(added.events)).toMatch(/not mariabackup: .*10\.11/);
    expect(await follower!.mysql.sql('SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog')).toBe(
      await leader!.mysql.sql('SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog'),
    );
    await writer.stop();
    await applied(leader!, follower!);
    expect((await compareMysql(leader!, follower!)).differences).toEqual([]);
  });
});
