import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, Method } from '../../../src/procedures/contract.ts';
import type { Machine } from '../../lab/machine.ts';
import { everything } from './extent.ts';
import { after, killedAt, onStartOf, runOf, whileIn, type Moment } from './moments.ts';
import { compareMysql } from './mysql-compare.ts';
import { sampleOf, type Flavour } from './mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './mysql-pair.ts';
import { lookAtMysql } from './mysql-world.ts';
import { expectExit } from './replctl.ts';

export interface ReentryCase {
  readonly flavour: Flavour;
  readonly method: Method;
  /** What is between the accounts and the swap. */
  readonly transfer: readonly string[];
}

const before = ['snapshot.account', 'snapshot.login', 'snapshot.retention'];
const afterwards = [
  'configure.swap',
  'configure.start',
  'configure.position',
  'configure.tail',
  'wait.catch-up',
  'prove.follower',
  'finish.tidy',
];

const within: readonly Moment[] = [
  whileIn('configure.swap', 'moving directories'),
  ...(everything
    ? [onStartOf('transfer.copy'), whileIn('configure.swap', 'stopping the old server'), onStartOf('configure.start')]
    : []),
];
const takenBack = [
  'configure.start',
  ...(everything ? ['transfer.copy', 'configure.swap', 'configure.tail', 'prove.follower'] : []),
].map(after);

/** What a package's server was before the run lies in the data directory, which is a mount point here. */
const putBack = String.raw`
cd /var/lib/mysql
find . -mindepth 1 -maxdepth 1 ! -name '.replctl-*' -exec rm -r {} +
chmod --reference="$(echo .replctl-*/aside)" .
mv .replctl-*/aside/* .
rm -r .replctl-*
rm /etc/mysql/*.conf.d/zz-replctl.cnf`;

/** add-follower killed at every step: gone on with, and taken back. */
export const survivesKills = ({ flavour, method, transfer }: ReentryCase): void => {
  const steps = [...before, ...transfer, ...afterwards];
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  let pristine: string;
  let sound: string;
  const add = ['add-follower', 'follower', '--method', method];

  const stateOf = async (): Promise<string> => {
    const [above, below] = await Promise.all([leader, follower].map((machine) => lookAtMysql(machine, flavour)));
    return (
      `${above!.world}\n${below!.world}`
        .replaceAll(/r-[a-z0-9]{10}/g, 'RUN')
        .replaceAll(/(?<=server-uuid=).*/g, 'UUID')
        .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
        .replaceAll(/^[0-9a-f]{64}(?=  .*zz-replctl)/gm, 'HASH')
        // Named after numbers that depend on which table was loaded first.
        .replaceAll(/^.*\/fts_\w+\.ibd .*\n/gim, '')
    );
  };
  const isSound = async (): Promise<void> => {
    expect(await stateOf()).toBe(sound);
    await leader.mysql.sql("INSERT INTO app.log (what) VALUES ('one more')");
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
  };
  const makePristine = async (): Promise<void> => {
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
    await follower.mysql.stop();
    await follower.ok(putBack);
    await follower.mysql.start();
    expect(await stateOf()).toBe(pristine);
  };

  beforeAll(async () => {
    fleet = await startMysqlFleet(`reentry-${flavour}-${method}`, flavour, {
      leader: { settings: { binlog_expire_logs_seconds: 3600 } },
      follower: { follows: 'leader' },
    });
    leader = fleet.machines['leader']!;
    follower = fleet.machines['follower']!;
    await leader.mysql.sql(
      `SET GLOBAL event_scheduler = OFF;\n${sampleOf(flavour)}\nUSE app; DROP EVENT every_second;`,
    );
    pristine = await stateOf();
    const { steps: taken } = await fleet.replctl.ok<AddFollowerResult>(add);
    expect(taken.map(({ id }) => id)).toEqual(steps);
    sound = await stateOf();
    await isSound();
    await makePristine();
  });
  afterAll(() => fleet?.lab.destroy());

  test('after each step, one after the other, it is one run that ends where an undisturbed one ends', async () => {
    const runs = new Set<string>();
    for (const step of steps.slice(0, -1)) runs.add(runOf(await killedAt(fleet.replctl, add, after(step))));
    expectExit(await fleet.replctl.run(add), 0);
    expect(runs.size).toBe(1);
    await isSound();
    await makePristine();
  });

  test.for(within.map((moment) => [moment.title, moment] as const))('%s, it goes on', async ([, moment]) => {
    const killed = await killedAt(fleet.replctl, add, moment);
    const again = await fleet.replctl.run(add);
    expectExit(again, 0);
    expect(again.json.run).toBe(runOf(killed));
    await isSound();
    await makePristine();
  });

  test.for(takenBack.map((moment) => [moment.title, moment] as const))('%s, it is taken back', async ([, moment]) => {
    const killed = await killedAt(fleet.replctl, add, moment);
    const abandoned = await fleet.replctl.run(['abandon', '--yes']);
    expectExit(abandoned, 0);
    expect(abandoned.json.run).toBe(runOf(killed));
    expect(await stateOf()).toBe(pristine);
  });
};
