import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AbandonResult, RunsResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { after, killedAt, onStartOf, runOf, whileIn, type Moment } from './support/moments.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { startMysqlFleet } from './support/mysql-pair.ts';
import { lookAtMysql } from './support/mysql-world.ts';
import { lookAt } from './support/postgresql-world.ts';
import { createReplctl, expectExit, type Ended, type Replctl } from './support/replctl.ts';
import { writeFleet } from './support/stage.ts';

interface Ground {
  readonly lab: Lab;
  readonly leader: Machine;
  readonly follower: Machine;
  readonly replctl: Replctl;
  readonly add: readonly string[];
  readonly look: (machine: Machine) => Promise<{ readonly world: string }>;
  readonly start: (machine: Machine) => Promise<void>;
}

const errorOf = ({ json }: Ended) => (json.ok ? undefined : json.error);

/** One of the two machines is never seen again in the middle of add-follower: what the run did on the other is taken back. */
const comesToAnEnd = (begin: () => Promise<Ground>, moments: readonly Moment[]): void => {
  let ground: Ground;
  const killed = async (moment: Moment) => runOf(await killedAt(ground.replctl, ground.add, moment));
  const world = async (machine: Machine) => (await ground.look(machine)).world;

  beforeAll(async () => {
    ground = await begin();
  });
  afterAll(() => ground?.lab.destroy());

  test.for(moments.map((moment) => [moment.title, moment] as const))(
    'without its leader, killed %s: the follower is what it was',
    async ([, moment]) => {
      const { leader, follower, replctl, start } = ground;
      const [before, beforeOfLeader] = [await world(follower), await world(leader)];
      const run = await killed(moment);

      const refused = await replctl.run(['abandon', '--gone', 'leader', '--yes']);
      expectExit(refused, 3);
      expect(errorOf(refused)).toMatchObject({ node: 'leader', message: expect.stringContaining('is not gone') });

      await leader.powerOff();
      for (const command of [['resume'], ['abandon', '--yes']]) {
        const ended = await replctl.run(command);
        expectExit(ended, 7);
        expect(errorOf(ended)?.hint).toContain(`replctl abandon ${run} --gone leader`);
      }

      const ended = await replctl.run(['abandon', '--gone', 'leader', '--yes']);
      expectExit(ended, 0);
      expect(ended.json.run).toBe(run);
      const left = ended.json.warnings.find(({ code }) => code === 'LEFT_ON_GONE_NODE');
      expect(left).toMatchObject({ node: 'leader', message: expect.stringContaining('on leader') });
      expect(await world(follower)).toBe(before);
      expect((await replctl.ok<RunsResult>(['runs'])).runs.find((one) => one.run === run)?.state).toBe('abandoned');

      await leader.powerOn();
      await start(leader);
      await replctl.ok(['remove-follower', 'follower', '--gone', '--yes']);
      expect(await world(leader)).toBe(beforeOfLeader);
    },
  );

  test('without its follower: the leader is what it was', async () => {
    const { leader, follower, replctl } = ground;
    const before = await world(leader);
    const run = await killed(moments.at(-1)!);
    const refused = await replctl.run(['abandon', run, '--gone', 'follower', '--yes']);
    expectExit(refused, 3);
    expect(errorOf(refused)).toMatchObject({ node: 'follower', message: expect.stringContaining('machine answers') });
    await follower.powerCut();
    const { undone } = await replctl.ok<AbandonResult>(['abandon', run, '--gone', 'follower', '--yes']);
    expect(undone.map(({ id }) => id)).toContain('snapshot.account');
    expect(await world(leader)).toBe(before);
  });

  test('and without both it is only closed', async () => {
    const { leader, follower, replctl } = ground;
    await follower.powerOn();
    await ground.start(follower);
    const run = await killed(onStartOf('transfer.copy'));
    await Promise.all([leader.powerCut(), follower.powerCut()]);
    const gone = ['--gone', 'follower', '--gone', 'leader'];
    expect(await replctl.ok<AbandonResult>(['abandon', run, ...gone, '--yes'])).toMatchObject({ run, undone: [] });
    expect((await replctl.ok<RunsResult>(['runs'])).runs[0]).toMatchObject({ run, state: 'abandoned' });
  });
};

/** Both clusters keep something in the same directory outside of theirs. */
const postgresql = async (): Promise<Ground> => {
  const lab = await createLab({ name: 'gone-postgresql' });
  const [leader, follower] = await lab.bootAll([
    { name: 'leader', settings: { listen_addresses: '*' } },
    { name: 'follower' },
  ]);
  for (const machine of [leader, follower]) {
    await machine.ok("install -d -o postgres -g postgres '/srv/fast disk'");
    await machine.postgres.sql(`CREATE TABLESPACE fast LOCATION '/srv/fast disk'`);
    await machine.postgres.sql(`CREATE TABLE kept TABLESPACE fast AS SELECT '${machine.name}' AS owner`);
  }
  const fleet = await writeFleet(lab, {
    nodes: { leader: { host: leader.address }, follower: { host: follower.address, follows: 'leader' } },
  });
  return {
    lab,
    leader,
    follower,
    replctl: createReplctl({ fleet, directory: lab.directory }),
    add: ['add-follower', 'follower', '--replace'],
    look: lookAt,
    start: (machine) => machine.postgres.start(),
  };
};

const mysql = (flavour: Flavour, method: string) => async (): Promise<Ground> => {
  const { lab, machines, replctl } = await startMysqlFleet(`gone-${flavour}`, flavour, {
    leader: { settings: { binlog_expire_logs_seconds: 3600 } },
    follower: { follows: 'leader' },
  });
  const [leader, follower] = [machines['leader']!, machines['follower']!];
  // As Debian leaves it at the next boot.
  await leader.ok('chmod 755 /var/lib/mysql');
  await leader.mysql.sql('CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY); INSERT INTO app.t VALUES (1)');
  return {
    lab,
    leader,
    follower,
    replctl,
    add: ['add-follower', 'follower', '--method', method, '--replace'],
    look: (machine) => lookAtMysql(machine, flavour),
    start: (machine) => machine.mysql.start(),
  };
};

describeWithEverything('an add-follower on PostgreSQL that nobody can finish', () => {
  comesToAnEnd(postgresql, [onStartOf('transfer.copy'), after('configure.start')]);
});

describeWithEverything('an add-follower on MySQL that nobody can finish', () => {
  comesToAnEnd(mysql('mysql', 'clone'), [
    onStartOf('transfer.copy'),
    whileIn('configure.swap', 'moving directories'),
    after('configure.tail'),
  ]);
});

describeWithEverything('an add-follower on MariaDB that nobody can finish', () => {
  comesToAnEnd(mysql('mariadb', 'mariabackup'), [onStartOf('transfer.copy'), after('configure.tail')]);
});
