import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatusResult } from '../../src/procedures/contract.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

const words = {
  mysql: {
    stop: 'STOP REPLICA',
    start: 'START REPLICA',
    open: 'SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF',
  },
  mariadb: { stop: 'STOP SLAVE', start: 'START SLAVE', open: 'SET GLOBAL read_only = OFF' },
} as const;

const suite = (flavour: Flavour) => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  const { stop, start, open } = words[flavour];
  const look = async (exitCode: number) => {
    const ended = await fleet.replctl.run(['status']);
    expectExit(ended, exitCode);
    const { nodes } = ended.json.result as unknown as StatusResult;
    const node = (name: string) => nodes.find((candidate) => candidate.name === name)!;
    return { node, codes: (name: string) => node(name).warnings.map(({ code }) => code) };
  };
  const until = async (code: string) => {
    for (let attempt = 0; attempt < 40; attempt++) {
      const found = await look(8);
      if (found.codes('follower').includes(code)) return found;
      await sleep(500);
    }
    throw new Error(`${code} did not come`);
  };
  const addAgain = async () => {
    expectExit(await fleet.replctl.run(['add-follower', 'follower', '--replace', '--discard-old']), 0);
    await look(0);
  };

  beforeAll(async () => {
    fleet = await startMysqlFleet(`status-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    leader = fleet.machines['leader']!;
    follower = fleet.machines['follower']!;
    await leader.mysql.sql(
      'CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY, v int); INSERT INTO app.t VALUES (1, 1)',
    );
    expectExit(await fleet.replctl.run(['add-follower', 'follower']), 0);
  });
  afterAll(() => fleet?.lab.destroy());

  test('a healthy pair', async () => {
    const { node } = await look(0);
    expect(node('follower')).toMatchObject({
      role: 'follower',
      state: 'streaming',
      upstream: 'leader',
      readOnly: true,
    });
    expect(node('follower').lag).toMatchObject({ transactions: 0, seconds: 0 });
  });

  test('an applier that was stopped, and one that stopped at an error, which is told', async () => {
    await follower.mysql.sql(`${stop} SQL_THREAD`);
    expect((await look(8)).codes('follower')).toEqual(expect.arrayContaining(['APPLIER_STOPPED']));
    await follower.mysql.sql(`${open}; SET SESSION sql_log_bin = 0; INSERT INTO app.t VALUES (2, 2)`);
    const writable = await look(8);
    expect(writable.codes('follower')).toContain('FOLLOWER_WRITABLE');
    expect(writable.node('follower').readOnly).toBe(false);
    await follower.mysql.sql(`SET GLOBAL read_only = ON; ${start} SQL_THREAD`);
    await leader.mysql.sql('INSERT INTO app.t VALUES (2, 3)');
    const { node } = await until('APPLIER_STOPPED');
    const stopped = node('follower').warnings.find(({ code }) => code === 'APPLIER_STOPPED')!;
    expect(stopped.message).toMatch(/1062/);
    expect(node('follower')).toMatchObject({ role: 'follower', state: 'broken' });
    expectExit(await fleet.replctl.run(['add-follower', 'follower']), 3);
    await addAgain();
  });

  test('a follower with transactions of its own', async () => {
    await follower.mysql.sql(`${open}; INSERT INTO app.t VALUES (77, 7)`);
    const { node } = await until('ERRANT_TRANSACTIONS');
    const errant = node('follower').warnings.find(({ code }) => code === 'ERRANT_TRANSACTIONS')!;
    expect(errant.message).toMatch(flavour === 'mysql' ? /[0-9a-f-]{36}:1/ : /0-\d+-\d+/);
    await addAgain();
  });

  test('a follower whose log was purged', async () => {
    await follower.mysql.stop();
    await leader.mysql.sql(
      'INSERT INTO app.t VALUES (5, 5); FLUSH BINARY LOGS; INSERT INTO app.t VALUES (6, 6); FLUSH BINARY LOGS',
    );
    const last = (await leader.mysql.sql('SHOW BINARY LOGS')).split('\n').at(-1)!.split('\t')[0]!;
    await leader.mysql.sql(`PURGE BINARY LOGS TO '${last}'`);
    expect((await look(8)).node('follower')).toMatchObject({ state: 'stopped' });
    await follower.mysql.start();
    const { node } = await until('NOT_RECEIVING');
    const said = node('follower')
      .warnings.map(({ message, hint }) => `${message} ${hint}`)
      .join('\n');
    expect(said).toMatch(/1236/);
    expect(said).toMatch(/add-follower follower --replace/);
    await addAgain();
  });

  test('two leaders, and a machine that is off', async () => {
    await follower.mysql.sql(`${stop}; RESET ${flavour === 'mysql' ? 'REPLICA' : 'SLAVE'} ALL; ${open}`);
    const { node, codes } = await look(8);
    expect(node('follower')).toMatchObject({ role: 'standalone', readOnly: false, upstream: null });
    expect(codes('follower')).toContain('DIFFERS_FROM_FLEET');
    await follower.powerOff();
    expect((await look(8)).node('follower')).toMatchObject({ state: 'unreachable' });
    await follower.powerOn();
    await follower.mysql.sql(`SET GLOBAL read_only = ON`);
    await addAgain();
    await applied(leader, follower);
  });
};

describeWithEverything('what status says of a fleet of MariaDB that is not as it should be', () => suite('mariadb'));
describeWithEverything('what status says of a fleet of MySQL that is not as it should be', () => suite('mysql'));
