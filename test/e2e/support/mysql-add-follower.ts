import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, Method, StatusResult } from '../../../src/procedures/contract.ts';
import type { Machine } from '../../lab/machine.ts';
import { everything } from './extent.ts';
import { compareMysql } from './mysql-compare.ts';
import { sampleOf, type Flavour } from './mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet, type Settings } from './mysql-pair.ts';
import { lookAtMysql } from './mysql-world.ts';
import { startDdl, startMysqlWriter } from './mysql-writer.ts';
import { oddSchemas } from './odd-schemas.ts';
import { expectExit, type Ended } from './replctl.ts';
import { allText, filesWith, watchProcesses } from './secrets.ts';

export interface Case {
  readonly flavour: Flavour;
  readonly method: Method;
  readonly settings?: Settings;
  readonly argv?: readonly string[];
  /** What the preflight says of the sample. */
  readonly warned?: readonly string[];
}

const passwordOf = async (machine: Machine): Promise<string> => {
  const file = await machine.ok('cat /var/lib/replctl-jobs/*/replication.cnf');
  return /^password="([^"]+)"$/m.exec(file)?.[1] ?? '';
};

/** The whole life of a follower, made from a leader with every kind of object while others write and change tables. */
export const addsFollowers = ({ flavour, method, settings, argv = [] }: Case): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  let added: Ended;
  let rounds: number;
  let committed: readonly number[];
  let during: number;
  let seen: string;
  const command = ['add-follower', 'follower', ...argv];

  beforeAll(async () => {
    fleet = await startMysqlFleet(`add-${flavour}-${method}`, flavour, {
      leader: { settings: { general_log: 'ON', binlog_expire_logs_seconds: 7200, ...settings } },
      follower: { follows: 'leader' },
    });
    leader = fleet.machines['leader']!;
    follower = fleet.machines['follower']!;
    await leader.mysql.sql(`${sampleOf(flavour)}\n${oddSchemas()}`);
    const writer = await startMysqlWriter(leader);
    const endDdl = await startDdl(leader);
    const watch = watchProcesses();
    const before = await writer.count();
    added = await fleet.replctl.run(command);
    during = (await writer.count()) - before;
    seen = await watch.words();
    watch.end();
    await writer.more(50);
    rounds = await endDdl();
    committed = await writer.stop();
    await leader.mysql.sql('SET GLOBAL event_scheduler = OFF');
  });
  afterAll(() => fleet?.lab.destroy());

  test('ends well and says what it did', () => {
    expectExit(added, 0);
    const result = added.json.result as unknown as AddFollowerResult;
    expect(result).toMatchObject({ outcome: 'added', upstream: 'leader', copiedFrom: 'leader', method });
    expect(result.steps.map(({ state }) => state)).not.toContain('failed');
    expect(added.events.at(-1)).toMatchObject({ event: 'run-ended', ok: true, run: added.json.run });
  });

  test('has every row, every definition and every account that the leader has, and refuses writes', async () => {
    expect(during).toBeGreaterThan(50);
    expect(rounds).toBeGreaterThan(10);
    await applied(leader, follower);
    const comparison = await compareMysql(leader, follower);
    expect(comparison.differences).toEqual([]);
    expect(comparison.rows).toBeGreaterThan(1000);
    const there = new Set((await follower.mysql.sql('SELECT id FROM writing.written')).split('\n').map(Number));
    expect(committed.filter((id) => !there.has(id))).toEqual([]);
    expect((await leader.run('ls /tmp/owned')).exitCode).not.toBe(0);
    const closed = await follower.mysql.sql('SELECT @@read_only, @@event_scheduler, @@log_bin');
    expect(closed).toBe('1\tOFF\t1');
  });

  test('reports a healthy fleet', async () => {
    const status = await fleet.replctl.ok<StatusResult>(['status']);
    expect(status.healthy).toBe(true);
    expect(status.nodes).toMatchObject([
      { name: 'leader', role: 'leader', state: 'running', upstream: null, readOnly: false, slot: null },
      { name: 'follower', role: 'follower', state: 'streaming', upstream: 'leader', readOnly: true, slot: null },
    ]);
    expect(status.nodes[1]!.lag).toMatchObject({ transactions: 0, seconds: 0 });
  });

  test('changes nothing when it is run again', async () => {
    const both = () => Promise.all([leader, follower].map((machine) => lookAtMysql(machine, flavour)));
    const before = await both();
    const again = await fleet.replctl.run(command);
    expectExit(again, 0);
    expect(again.json).toMatchObject({ ok: true, run: null, result: { outcome: 'already', steps: [] } });
    expect(await both()).toEqual(before);
  });

  test('leaves nothing of the run, and the retention of binlogs as it was', async () => {
    const { world } = await lookAtMysql(follower, flavour);
    expect(world).not.toMatch(/staged|\/jobs\/(?:copy|prepare|load)|[.]replctl-r-\w+\/own/);
    expect((await lookAtMysql(leader, flavour)).world).not.toMatch(/replctl-r-|replctl_copy_|claims\/\S*-r-/);
    expect(await leader.mysql.sql('SELECT @@global.binlog_expire_logs_seconds')).toBe('7200');
    const accounts = await leader.mysql.sql("SELECT User FROM mysql.user WHERE User LIKE 'replctl%' ORDER BY 1");
    expect(accounts).toMatch(/^replctl_follower_[0-9a-f]{8}$/);
    // MariaDB knows no such plugin.
    const plugins = "SELECT PLUGIN_NAME FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'";
    expect(await leader.mysql.sql(plugins)).toBe('');
  });

  test('shows the password to nobody', async () => {
    const password = await passwordOf(follower);
    expect(password.length).toBeGreaterThan(20);
    const places = ['/etc/mysql', '/var/lib/replctl*'];
    expect(await filesWith(leader, password, [...places, '/var/lib/mysql'])).toEqual([]);
    expect(await filesWith(follower, password, places)).toEqual([
      expect.stringMatching(/^\/var\/lib\/replctl-jobs\/.*\/replication[.]cnf$/),
    ]);
    expect(seen.includes(password)).toBe(false);
    // The watch saw something: here, and on the follower the login with its option file.
    expect(seen).toMatch(/^add-follower$/m);
    expect(seen).toMatch(/lab\.follower\/replication\.cnf/);
    for (const text of [allText(fleet.replctl.stateDir), JSON.stringify(added.events), added.stdout, added.stderr]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.includes(password)).toBe(false);
    }
  });

  test('goes on following after a restart, and stays closed', async () => {
    await follower.mysql.restart();
    await leader.mysql.sql("INSERT INTO writing.written (text) VALUES ('after the restart')");
    await applied(leader, follower);
    expect(await follower.mysql.sql('SELECT text FROM writing.written ORDER BY id DESC LIMIT 1')).toBe(
      'after the restart',
    );
    expect(await follower.mysql.sql('SELECT @@read_only')).toBe('1');
  });

  test('is taken out, with its data, and stays closed', async () => {
    expectExit(await fleet.replctl.run(['remove-follower', 'follower', '--yes']), 0);
    expect(await leader.mysql.sql("SELECT COUNT(*) FROM mysql.user WHERE User LIKE 'replctl%'")).toBe('0');
    expect(await follower.mysql.sql('SELECT @@read_only')).toBe('1');
    await follower.mysql.restart();
    expect(await follower.mysql.sql('SELECT @@read_only')).toBe('1');
  });

  test.skipIf(!everything)('is made anew with --replace, and what was there is removed', async () => {
    const refused = await fleet.replctl.run(command);
    expectExit(refused, 3);
    expectExit(await fleet.replctl.run([...command, '--replace', '--discard-old']), 0);
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
  });
};
