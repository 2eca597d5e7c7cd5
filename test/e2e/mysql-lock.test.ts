import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { sampleOf, type Flavour } from './support/mysql-ground.ts';
import { startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { startMysqlWriter } from './support/mysql-writer.ts';
import { expectExit } from './support/replctl.ts';
import type { Writer } from './support/writing.ts';

/** Statements that the global lock has to wait for (MariaDB's waits for no reader), one after the other until it waits: then the last of them has two seconds more. */
const hold = async (leader: Machine): Promise<void> => {
  const pending = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'FLUSH TABLES WITH READ LOCK%'`;
  for (let attempt = 0; attempt < 120; attempt++) {
    void leader.run([leader.mysql.flavour, '-e', 'INSERT INTO app.log (what) SELECT IF(SLEEP(2), 0, 1)'], {});
    for (let look = 0; look < 5; look++) {
      if ((await leader.mysql.sql(pending)) !== '0') return;
      await sleep(100);
    }
  }
  throw new Error('the global lock was never asked for');
};

const suite = (flavour: Flavour) => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  let writer: Writer;

  beforeAll(async () => {
    fleet = await startMysqlFleet(`lock-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    leader = fleet.machines['leader']!;
    follower = fleet.machines['follower']!;
    await leader.mysql.sql(sampleOf(flavour));
    writer = await startMysqlWriter(leader);
  });
  afterAll(() => fleet?.lab.destroy());

  test('a link that is cut while the lock is waited for frees the leader within seconds, by itself', async () => {
    const running = fleet.replctl.start(['add-follower', 'follower', '--method', 'dump']);
    await running.event((event) => event.event === 'step-started' && event.step === 'transfer.copy');
    await hold(leader);
    await leader.cutFrom(follower);
    const cut = Date.now();
    // The lock is given to a session whose client hears nothing of it.
    await sleep(2500);
    await writer.more(30);
    expect(Date.now() - cut).toBeLessThan(15_000);
    await leader.mysql.sql('CREATE TABLE app.made_meanwhile (id int PRIMARY KEY)');
    await leader.mendFrom(follower);
    const ended = await running.ended;
    expectExit(ended, 4);
    expect(ended.stdout).toMatch(/cut off|lost|gone/);
    // A new snapshot is taken, and it says so.
    const again = await fleet.replctl.run(['resume']);
    expectExit(again, 0);
    expectExit(await fleet.replctl.run(['status']), 0);
    expect(await follower.mysql.sql("SHOW TABLES IN app LIKE 'made_meanwhile'")).toBe('made_meanwhile');
  });

  test('a statement that runs for long is named before anything is locked', async () => {
    expectExit(await fleet.replctl.run(['remove-follower', 'follower', '--yes']), 0);
    const long = leader.run([flavour, '-e', 'SELECT SLEEP(25) FROM app.parent LIMIT 1'], {});
    await sleep(6000);
    const refused = await fleet.replctl.run(['add-follower', 'follower', '--replace', '--method', 'dump']);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/LONG_STATEMENT.*SELECT SLEEP\(25\)/s);
    await long;
  });

  test('prepared XA transactions are refused', async () => {
    await leader.mysql.sql("XA START 'x'; INSERT INTO app.log (what) VALUES ('prepared'); XA END 'x'; XA PREPARE 'x'");
    const refused = await fleet.replctl.run(['add-follower', 'follower', '--replace', '--method', 'dump']);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/XA_PREPARED/);
    await leader.mysql.sql("XA ROLLBACK 'x'");
  });
};

describeWithEverything('the global lock of a dump of MariaDB', () => suite('mariadb'));
describeWithEverything('the global lock of a dump of MySQL', () => suite('mysql'));
