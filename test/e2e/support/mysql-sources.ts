import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, Method, StatusResult } from '../../../src/procedures/contract.ts';
import { compareMysql } from './mysql-compare.ts';
import { sampleOf, type Flavour } from './mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './mysql-pair.ts';
import { startMysqlWriter } from './mysql-writer.ts';
import { expectExit } from './replctl.ts';
import { lookAtMysql } from './mysql-world.ts';
import type { Writer } from './writing.ts';

export interface SourcesCase {
  readonly flavour: Flavour;
  /** Of a copy from a follower, and of a follower of a follower. */
  readonly copied: Method;
  readonly cascade: Method;
}

/** Where a follower copies from and whom it follows, under a writer. */
export const copiesAndCascades = ({ flavour, copied, cascade }: SourcesCase): void => {
  let fleet: MysqlFleet;
  let writer: Writer;
  const machine = (name: string) => fleet.machines[name]!;
  /** The writer rests meanwhile. */
  const allIsOn = async (name: string, through: readonly string[] = []): Promise<void> => {
    await writer.stop();
    for (const each of [...through, name]) await applied(machine('leader'), machine(each));
    const comparison = await compareMysql(machine('leader'), machine(name));
    expect(comparison.differences).toEqual([]);
    expect(comparison.rows).toBeGreaterThan(100);
    await writer.goOn();
  };
  const status = async () => (await fleet.replctl.run(['status'])).json.result as unknown as StatusResult;
  const upstreams = async () =>
    Object.fromEntries((await status()).nodes.map(({ name, upstream }) => [name, upstream]));

  beforeAll(async () => {
    const reachable = { 'bind-address': '0.0.0.0' };
    fleet = await startMysqlFleet(`sources-${flavour}`, flavour, {
      leader: {},
      near: { follows: 'leader', settings: reachable },
      copied: { follows: 'leader', settings: reachable },
      far: { follows: 'leader', settings: reachable },
    });
    await machine('leader').mysql.sql(`SET GLOBAL event_scheduler = OFF;\n${sampleOf(flavour)}`);
    writer = await startMysqlWriter(machine('leader'));
    await fleet.replctl.ok(['add-follower', 'near']);
  });
  afterAll(() => fleet?.lab.destroy());

  test('copies from a follower, and follows the leader, without a hole in the log', async () => {
    const before = (await lookAtMysql(machine('near'), flavour)).world;
    const argv = ['add-follower', 'copied', '--copy-from', 'near', '--method', copied];
    const result = await fleet.replctl.ok<AddFollowerResult>(argv);
    expect(result).toMatchObject({ upstream: 'leader', copiedFrom: 'near', method: copied });
    expect(await upstreams()).toMatchObject({ near: 'leader', copied: 'leader', far: null });
    await allIsOn('copied', ['near']);
    expect((await lookAtMysql(machine('near'), flavour)).world.replaceAll(/^account.*\n/gm, '')).toBe(
      before.replaceAll(/^account.*\n/gm, ''),
    );
  });

  test('has the source follow again when a copy from it was killed', async () => {
    const running = fleet.replctl.start(['add-follower', 'far', '--copy-from', 'near', '--method', copied]);
    await running.event((event) => event.event === 'step-started' && event.step === 'transfer.copy');
    running.kill('SIGKILL');
    await running.ended;
    await allIsOn('near');
    expectExit(await fleet.replctl.run(['abandon', '--yes']), 0);
    expect((await status()).nodes.find(({ name }) => name === 'near')).toMatchObject({ state: 'streaming' });
  });

  test('makes a follower of a follower, and says where the fleet file differs', async () => {
    const added = await fleet.replctl.run(['add-follower', 'far', '--upstream', 'near', '--method', cascade]);
    expectExit(added, 0);
    expect(added.json.result).toMatchObject({ upstream: 'near', copiedFrom: 'near', method: cascade });
    expect(added.json.warnings.map(({ code }) => code)).toContain('UPSTREAM_DIFFERS');
    expect(await upstreams()).toEqual({ leader: null, near: 'leader', copied: 'leader', far: 'near' });
    await allIsOn('far', ['near']);
  });

  test('has a server_id for each, and the same accounts on all', async () => {
    const ids = await Promise.all(
      ['leader', 'near', 'copied', 'far'].map((name) => machine(name).mysql.sql('SELECT @@server_id')),
    );
    expect(new Set(ids).size).toBe(4);
    const accounts = "SELECT User FROM mysql.user WHERE User LIKE 'replctl%' ORDER BY 1";
    expect((await machine('leader').mysql.sql(accounts)).split('\n')).toHaveLength(3);
  });

  test('does not take out a follower that feeds another', async () => {
    const refused = await fleet.replctl.run(['remove-follower', 'near', '--yes']);
    expectExit(refused, 3);
    expect(JSON.stringify(refused.json)).toMatch(/near feeds followers of its own/);
    expect((await status()).nodes.find(({ name }) => name === 'far')).toMatchObject({ state: 'streaming' });
  });
};
