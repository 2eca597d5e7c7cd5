import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, RunsResult } from '../../src/procedures/contract.ts';
import type { RunEvent } from '../../src/workflow/events.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeWithEverything } from './support/extent.ts';
import { createReplctl, expectExit, type Ended, type Replctl, type Running } from './support/replctl.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { leftOnFollower, leftOnUpstream, type Left } from './support/traces.ts';

const names = ['first', 'second', 'third', 'fourth'] as const;
type Name = (typeof names)[number];

/** Far into the copy, and far from its end. */
const inTheCopy = (event: RunEvent): boolean =>
  event.event === 'step-progress' && event.step === 'transfer.copy' && (event.bytes ?? 0) > 2_000_000;

/** The leader takes its time for a checkpoint, as large ones do: none that is not asked for ends while these tests run. */
const settings = {
  listen_addresses: '*',
  log_replication_commands: 'on',
  checkpoint_timeout: '1h',
  checkpoint_completion_target: 0.99,
  max_wal_size: '8GB',
  autovacuum: 'off',
};
const incompressible = `
  CREATE TABLE noise (id int PRIMARY KEY, bytes bytea);
  ALTER TABLE noise ALTER bytes SET STORAGE EXTERNAL;
  INSERT INTO noise SELECT g, (SELECT string_agg(uuid_send(gen_random_uuid()), '') FROM generate_series(1, 500 + g * 0)) FROM generate_series(1, 5000) g`;

describeWithEverything('an interrupted add-follower', () => {
  let lab: Lab;
  let fleet: string;
  let leader: Machine;
  let source: Server;
  let machines: Record<Name, Machine>;
  let operator: Replctl;
  let stopped: Ended;
  const add = (node: Name, rate = '4MB/s'): Running => operator.start(['add-follower', node, '--rate', rate]);
  const interrupted = async (node: Name, signal: NodeJS.Signals): Promise<Ended> => {
    const running = add(node);
    await running.event(inTheCopy);
    running.kill(signal);
    return running.ended;
  };
  const runOf = ({ events }: Ended): string => {
    const started = events.find((event) => event.event === 'run-started');
    return started?.event === 'run-started' ? started.run : '';
  };
  const backupsOf = async (run: string) =>
    Number(await leader.ok(`cat /var/log/postgresql/*.log | grep -c "command: BASE_BACKUP.*replctl ${run}" || true`));
  const copied = async (run: string): Promise<number> =>
    Number(
      await source.sql(`SELECT coalesce(sum(backup_streamed), 0)
        FROM pg_stat_progress_basebackup JOIN pg_stat_replication USING (pid) WHERE application_name = 'replctl_copy_${run}'`),
    );
  const slotsOfFourth = ({ slots }: Left) => slots.filter((name) => name.startsWith('replctl_fourth'));
  /** The copy goes on while nobody watches. */
  const expectCopyGoesOn = async (node: Name, ended: Ended) => {
    expect((await leftOnFollower(machines[node])).processes.join('\n')).toContain('pg_basebackup');
    const before = await copied(runOf(ended));
    await expect.poll(() => copied(runOf(ended)), { timeout: 20_000 }).toBeGreaterThan(before);
  };
  const interruptedWhileItGoesOn = async (node: Name, signal: NodeJS.Signals): Promise<Ended> => {
    const ended = await interrupted(node, signal);
    await expectCopyGoesOn(node, ended);
    return ended;
  };
  const expectSameJob = async (went: Ended, run: string) => {
    expectExit(went, 0);
    expect(went.json.run).toBe(run);
    expect(runOf(went)).toBe(run);
    expect((went.json.result as unknown as AddFollowerResult).outcome).toBe('added');
    expect(went.json.warnings.map(({ code }) => code)).not.toContain('JOB_BEGUN_ANEW');
    expect(await backupsOf(run)).toBe(1);
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'resume' });
    const [one, ...others] = await lab.bootAll([{ name: 'leader', settings }, ...names.map((name) => ({ name }))]);
    leader = one!;
    source = mainServer(leader);
    machines = Object.fromEntries(names.map((name, at) => [name, others[at]!])) as Record<Name, Machine>;
    await source.sql(incompressible);
    fleet = await writeFleet(lab, {
      nodes: {
        leader: { host: leader.address },
        ...Object.fromEntries(names.map((name) => [name, { host: machines[name].address, follows: 'leader' }])),
      },
    });
    operator = createReplctl({ fleet, directory: lab.directory });
  });
  afterAll(() => lab?.destroy());

  test('does not wait for a checkpoint that takes its time, though a copy by hand does', async () => {
    const byHand = leader.run(
      `${leader.postgres.binDirectory}/pg_basebackup -D /tmp/by-hand -X none -c spread & sleep 5; kill $!; wait $!`,
      { user: 'postgres' },
    );
    const phase = () => source.sql('SELECT phase FROM pg_stat_progress_basebackup');
    await expect.poll(phase).toBe('waiting for checkpoint to finish');
    await sleep(2000);
    expect(await phase()).toBe('waiting for checkpoint to finish');
    expect((await byHand).exitCode).toBe(143);
    const ended = await interruptedWhileItGoesOn('fourth', 'SIGTERM');
    expectExit(ended, 143);
    expect(ended.json).toMatchObject({ ok: false, error: { code: 'TERMINATED' } });
  });

  test('leaves nothing when it is abandoned in the middle of the copy', async () => {
    expect((await leftOnUpstream(leader, source)).senders).toBe(2);
    const own = await machines.fourth.postgres.systemIdentifier();
    await operator.ok(['abandon', '--yes']);
    expect(await leftOnUpstream(leader, source)).toEqual({ slots: [], roles: [], senders: 0, hbaBlocks: 0 });
    expect(await leftOnFollower(machines.fourth)).toEqual({ aside: [], staging: [], jobs: [], processes: [] });
    expect((await machines.fourth.run('ls /var/lib/postgresql/.replctl/lab.fourth/passfile')).exitCode).not.toBe(0);
    // Its own server served all the time.
    expect(await machines.fourth.postgres.systemIdentifier()).toBe(own);
    expect((await operator.ok<RunsResult>(['runs'])).runs.map(({ state }) => state)).toEqual(['abandoned']);
  });

  test('is gone on with: by resume, by the same command, and from another machine; no byte is copied twice', async () => {
    // Three at once, each in its own way.
    const [first, second, third] = await Promise.all([
      interruptedWhileItGoesOn('first', 'SIGINT'),
      interruptedWhileItGoesOn('second', 'SIGKILL'),
      interruptedWhileItGoesOn('third', 'SIGKILL'),
    ]);
    expectExit(first, 130);
    expect(first.json).toMatchObject({ ok: false, run: runOf(first), error: { code: 'INTERRUPTED' } });
    expect(first.json.ok ? '' : first.json.error.hint).toContain(`replctl resume ${runOf(first)}`);
    expectExit(second, 137);
    expectExit(third, 137);
    const elsewhere = createReplctl({ fleet, directory: lab.directory });
    const [resumed, again, fromElsewhere] = await Promise.all([
      operator.run(['resume', runOf(first)]),
      operator.run(['add-follower', 'second', '--rate', '4MB/s']),
      elsewhere.run(['resume', '--node', 'third']),
    ]);
    await expectSameJob(resumed, runOf(first));
    await expectSameJob(again, runOf(second));
    await expectSameJob(fromElsewhere, runOf(third));
    for (const name of ['first', 'second', 'third'] as const) {
      expect(await compare(source, mainServer(machines[name]))).toMatchObject({ differences: [] });
      expect(await leftOnFollower(machines[name])).toMatchObject({ staging: [], jobs: [], processes: [] });
    }
    expect((await leftOnUpstream(leader, source)).slots).toHaveLength(3);
  });

  test('is not gone on with where it was ended from elsewhere', async () => {
    // Journals are the machine's own: this one has not heard of the end yet.
    const { run, state } = (await operator.ok<RunsResult>(['runs'])).runs.find(({ node }) => node === 'third')!;
    expect(state).toBe('running');
    const resumed = await operator.run(['resume', run]);
    expectExit(resumed, 2);
    expect(resumed.json).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(`Run ${run} is done`) },
    });
    expect(await backupsOf(run)).toBe(1);
    // Now it has.
    const { runs } = await operator.ok<RunsResult>(['runs']);
    expect(runs.map((entry) => entry.state).toSorted()).toEqual(['abandoned', 'done', 'done', 'done']);
  });

  test('goes on after a power cut with the same slot, though the leader still holds it for the copy that died', async () => {
    const { fourth } = machines;
    stopped = await interrupted('fourth', 'SIGINT');
    await fourth.powerCut();
    expectExit(stopped, 130);
    const [slot] = slotsOfFourth(await leftOnUpstream(leader, source));
    expect(await source.sql(`SELECT active FROM pg_replication_slots WHERE slot_name = '${slot}'`)).toBe('t');
    await fourth.powerOn();
    const other = await operator.run(['add-follower', 'fourth', '--rate', '9MB/s']);
    expectExit(other, 2);
    expect(other.json).toMatchObject({ error: { code: 'RUN_DIFFERS' } });
    expect(other.stdout).toContain('rate');

    const resuming = operator.start(['resume', runOf(stopped)]);
    await resuming.event(inTheCopy);
    resuming.kill('SIGINT');
    // The older of the two is the parent; its child, the receiver, lives on and holds the slot.
    await fourth.ok('kill -KILL $(pgrep -o -x pg_basebackup)');
    expect((await fourth.ok('pgrep -c -x pg_basebackup')).trim()).toBe('1');
    expectExit(await resuming.ended, 130);
    expect(slotsOfFourth(await leftOnUpstream(leader, source))).toEqual([slot]);
    expect(await backupsOf(runOf(stopped))).toBe(2);
  });

  test('ends the receiver that a killed pg_basebackup left behind, and takes the same slot', async () => {
    const { fourth } = machines;
    const [slot] = slotsOfFourth(await leftOnUpstream(leader, source));
    expect((await fourth.ok('pgrep -c -x pg_basebackup')).trim()).toBe('1');
    expect(await source.sql(`SELECT active FROM pg_replication_slots WHERE slot_name = '${slot}'`)).toBe('t');
    const resumed = await operator.run(['resume', runOf(stopped)]);
    expectExit(resumed, 0);
    expect(resumed.json.warnings).toMatchObject([
      {
        code: 'JOB_BEGUN_ANEW',
        node: 'fourth',
        message: expect.stringMatching(/^pg_basebackup on fourth .*begins anew/),
      },
    ]);
    expect(await backupsOf(runOf(stopped))).toBe(3);
    expect(await leftOnFollower(fourth)).toMatchObject({ staging: [], jobs: [], processes: [] });
    const left = await leftOnUpstream(leader, source);
    expect(slotsOfFourth(left)).toEqual([slot]);
    expect(left.senders).toBe(4);
    expect(await compare(source, mainServer(fourth))).toMatchObject({ differences: [] });
  });
});
