import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithEverything } from './support/extent.ts';
import { after, killedAt } from './support/moments.ts';
import { startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

const add = ['add-follower', 'follower', '--method', 'clone'];

/** Bytes in the middle of a page, long before the next one that a clone would write. */
const damage = String.raw`file=$(find /var/lib/mysql -path '*replctl-*' -name 'it@0027s.ibd')
printf 'damaged' | dd of="$file" bs=1 seek=70000 conv=notrunc status=none`;

describeWithEverything('a copy of what is damaged', () => {
  let fleet: MysqlFleet;
  beforeAll(async () => {
    fleet = await startMysqlFleet('damaged', 'mysql', {
      leader: { settings: { 'binlog-ignore-db': 'scratch' } },
      follower: { follows: 'leader' },
    });
    const rows =
      'WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 900) SELECT i, SHA2(i, 512) FROM g';
    await fleet.machines['leader']!.mysql.sql(
      `CREATE DATABASE app; CREATE TABLE app.\`it's\` (id int PRIMARY KEY, text varchar(200)); INSERT INTO app.\`it's\` ${rows}`,
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test('is not begun where the leader keeps a database out of its binlog, unless that is allowed', async () => {
    const refused = await fleet.replctl.run(add);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/BINLOG_FILTERS.*binlog_ignore_db = scratch/s);
  });

  test('is found before it is put in place, with the name of the file', async () => {
    const allowed = [...add, '--allow', 'BINLOG_FILTERS'];
    await killedAt(fleet.replctl, allowed, after('transfer.copy'));
    const follower = fleet.machines['follower']!;
    await follower.ok(damage);
    const uuid = await follower.mysql.identity();
    // What was let pass when the run began is not asked again.
    const refused = await fleet.replctl.run(['resume']);
    expectExit(refused, 4);
    expect(refused.json).toMatchObject({
      ok: false,
      error: {
        code: 'STEP_FAILED',
        node: 'follower',
        message: expect.stringContaining('checksums in: ./app/it@0027s.ibd'),
      },
    });
    expect(refused.stdout).toContain('CHECK TABLE');
    // What was there serves on.
    expect(await follower.mysql.identity()).toBe(uuid);
    await fleet.replctl.ok(['abandon', '--yes']);
    expect(await follower.ok("find /var/lib/mysql -name '*replctl*'")).toBe('');
  });

  test('by dump ends with what the server said of the table that cannot be read', async () => {
    const leader = fleet.machines['leader']!;
    await leader.mysql.sql(
      'CREATE TABLE app.list (a int NOT NULL) ENGINE = CSV; INSERT INTO app.list VALUES (1); FLUSH TABLES',
    );
    await leader.ok(String.raw`printf '"2\n' >>/var/lib/mysql/app/list.CSV`);
    const failed = await fleet.replctl.run([
      'add-follower',
      'follower',
      '--method',
      'dump',
      '--allow',
      'BINLOG_FILTERS',
    ]);
    expectExit(failed, 4);
    expect(failed.json).toMatchObject({
      error: { message: expect.stringMatching(/dump of leader was cut off: ERROR 1194 .*'list' is marked as crashed/) },
    });
    await fleet.replctl.ok(['abandon', '--yes']);
  });
});

describeWithEverything('a copy of MariaDB that lacks a file', () => {
  let fleet: MysqlFleet;
  beforeAll(async () => {
    fleet = await startMysqlFleet('lacking', 'mariadb', { leader: {}, follower: { follows: 'leader' } });
    await fleet.machines['leader']!.mysql.sql(
      'CREATE DATABASE app; CREATE TABLE app.note (id int PRIMARY KEY) ENGINE = Aria; CREATE TABLE app.ok (id int PRIMARY KEY)',
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test('is not said to be done', async () => {
    await killedAt(
      fleet.replctl,
      ['add-follower', 'follower', '--method', 'mariabackup', '--allow', 'NOT_TRANSACTIONAL'],
      after('configure.tail'),
    );
    const follower = fleet.machines['follower']!;
    await follower.mysql.stop();
    await follower.ok(['rm', '/var/lib/mysql/app/note.MAI']);
    await follower.mysql.start();
    await follower.mysql.sql('START REPLICA');
    const refused = await fleet.replctl.run(['resume']);
    expectExit(refused, 4);
    expect(refused.json).toMatchObject({
      error: {
        node: 'follower',
        message: expect.stringMatching(/1 tables that it cannot open.*app\.note .*note\.MAI/),
      },
    });
    await fleet.replctl.ok(['abandon', '--yes']);
  });
});
