import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/workflow/events.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { everything } from './support/extent.ts';
import { describeInLab } from './support/in-lab.ts';
import { lookAt } from './support/postgresql-world.ts';
import { createReplctl, expectExit, type Ended, type Replctl, type Running } from './support/replctl.ts';
import { mainServer } from './support/server.ts';
import { writeFleet } from './support/stage.ts';

const names = ['one', 'two', 'three'] as const;
type Name = (typeof names)[number];

const bulk = `CREATE TABLE noise AS SELECT g AS id, (SELECT string_agg(md5(random()::text || g || i), '') FROM generate_series(1, 60) i) AS text FROM generate_series(1, 12000) g`;

const inTheCopy = (event: RunEvent): boolean =>
  event.event === 'step-progress' && event.step === 'transfer.copy' && (event.bytes ?? 0) > 0;

describeInLab('two that work on the same follower', () => {
  let lab: Lab;
  let leader: Machine;
  let machines: Record<Name, Machine>;
  let here: Replctl;
  let elsewhere: Replctl;

  const begun = async (node: Name): Promise<Running> => {
    const running = here.start(['add-follower', node, '--rate', '2MB/s']);
    await running.event(inTheCopy);
    return running;
  };
  const look = (node: Name) => Promise.all([leader, machines[node]].map(lookAt));
  const expectSound = async (node: Name) =>
    expect(await compare(mainServer(leader), mainServer(machines[node]))).toMatchObject({ differences: [] });

  beforeAll(async () => {
    lab = await createLab({ name: 'two-at-once' });
    const [first, ...others] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      ...names.map((name) => ({ name })),
    ]);
    leader = first;
    machines = Object.fromEntries(names.map((name, at) => [name, others[at]!])) as Record<Name, Machine>;
    await leader.postgres.sql(bulk);
    const followers = Object.fromEntries(
      names.map((name) => [name, { host: machines[name].address, follows: 'leader' }]),
    );
    const fleet = await writeFleet(lab, { nodes: { leader: { host: leader.address }, ...followers } });
    here = createReplctl({ fleet, directory: lab.directory });
    elsewhere = createReplctl({ fleet, directory: lab.directory });
  });
  afterAll(() => lab?.destroy());

  test('of two resumes at once one wins, and the other says who works on it since when', async () => {
    const killed = await begun('three');
    killed.kill('SIGKILL');
    await killed.ended;
    const both = await Promise.all([here, here].map((replctl) => replctl.run(['resume', '--node', 'three'])));
    const [winner, loser] = both.toSorted((a, b) => a.exitCode - b.exitCode) as [Ended, Ended];
    expectExit(winner, 0);
    expectExit(loser, 6);
    expect(loser.json).toMatchObject({
      error: {
        code: 'LEASE_HELD',
        node: 'three',
        retryable: true,
        details: { owner: expect.stringMatching(/^\w+@.+ \(\d+\)$/), since: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
    });
    await expectSound('three');
  });

  // The matrix suspends runs in npm test, too.
  test.runIf(everything)('one that was suspended past its lease, and wakes up, changes nothing any more', async () => {
    // One wakes up when the other has ended, one while it works.
    const [one, two] = await Promise.all([begun('one'), begun('two')]);
    for (const sleeper of [one, two]) sleeper.kill('SIGSTOP');
    const refused = await elsewhere.run(['resume', '--node', 'one']);
    expectExit(refused, 6);
    await sleep(62_000);

    const first = elsewhere.start(['resume', '--node', 'two']);
    await first.event((event) => event.event === 'step-started' && event.step === 'configure.swap');
    two.kill('SIGCONT');
    expectExit(await two.ended, 6);
    expect((await two.ended).json).toMatchObject({ error: { code: 'LEASE_LOST', node: 'two' } });
    expectExit(await first.ended, 0);
    await expectSound('two');

    expectExit(await elsewhere.run(['resume', '--node', 'one']), 0);
    await expectSound('one');
    const before = await look('one');
    one.kill('SIGCONT');
    expectExit(await one.ended, 6);
    expect((await one.ended).json).toMatchObject({ error: { code: 'LEASE_LOST', node: 'one' } });
    expect(await look('one')).toEqual(before);
  });
});
