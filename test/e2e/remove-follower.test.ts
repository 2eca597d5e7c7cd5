import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, RemoveFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeInLab } from './support/in-lab.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { leftOnUpstream } from './support/traces.ts';

describeInLab('remove-follower', () => {
  let lab: Lab;
  let machines: Record<'leader' | 'kept' | 'dead', Machine>;
  let leader: Server;
  let kept: Server;
  let replctl: Replctl;
  const left = () => leftOnUpstream(machines.leader, leader);
  const isClosed = async () => {
    expect(
      await kept.sql(
        'SELECT pg_is_in_recovery(); SHOW primary_conninfo; SHOW primary_slot_name; SELECT count(*) FROM t; SELECT count(*) FROM pg_stat_wal_receiver',
      ),
    ).toBe('t\n\n\n1000\n0');
    await expect(kept.sql('DELETE FROM t')).rejects.toThrow(/read-only transaction/);
    await machines.kept.ok(['test', '-e', `${machines.kept.postgres.dataDirectory}/standby.signal`]);
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'remove' });
    const [one, other, dead] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      { name: 'kept' },
      { name: 'dead' },
    ]);
    machines = { leader: one, kept: other, dead };
    [leader, kept] = [mainServer(one), mainServer(other)];
    await leader.sql('CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g');
    const fleet = await writeFleet(lab, {
      nodes: {
        leader: { host: one.address },
        kept: { host: other.address, follows: 'leader' },
        dead: { host: dead.address, follows: 'leader' },
      },
    });
    replctl = createReplctl({ fleet, directory: lab.directory });
    // Both at once.
    await Promise.all(['kept', 'dead'].map((name) => replctl.ok(['add-follower', name, '--discard-old'])));
  });
  afterAll(() => lab?.destroy());

  test('asks first, and without a terminal wants --yes', async () => {
    expect(await left()).toMatchObject({ senders: 2, hbaBlocks: 2 });
    const refused = await replctl.run(['remove-follower', 'kept']);
    expectExit(refused, 2);
    expect(refused.json).toMatchObject({ error: { code: 'CONSENT_MISSING' } });
    expect(refused.stdout).toContain('--yes');
    expect(await left()).toMatchObject({ senders: 2, hbaBlocks: 2 });
  });

  test('takes a follower out and leaves its data there, closed, over a restart too', async () => {
    const result = await replctl.ok<RemoveFollowerResult>(['remove-follower', 'kept', '--yes']);
    expect(result).toMatchObject({ outcome: 'removed', node: 'kept', upstream: 'leader' });
    const { slots, ...rest } = await left();
    expect(rest).toEqual({ roles: ['replctl_dead'], senders: 1, hbaBlocks: 1 });
    expect(slots).toEqual([expect.stringMatching(/^replctl_dead_r/)]);
    await leader.sql('DELETE FROM t WHERE g > 990');
    await isClosed();
    await machines.kept.postgres.restart();
    await isClosed();
    expect(await machines.kept.ok('ls /var/lib/postgresql/.replctl/lab.kept')).not.toContain('passfile');
    const { nodes } = (await replctl.run(['status', 'kept'])).json.result as unknown as StatusResult;
    expect(nodes[0]).toMatchObject({ readOnly: true, slot: null });
    expect(nodes[0]!.warnings.map(({ code }) => code)).toContain('NO_UPSTREAM');
  });

  test('does nothing more when it is run again', async () => {
    const before = await left();
    await replctl.ok(['remove-follower', 'kept', '--yes']);
    expect(await left()).toEqual(before);
    await isClosed();
  });

  test('cleans up after a machine that is gone for good, when it is told so', async () => {
    await machines.dead.powerOff();
    const unreachable = await replctl.run(['remove-follower', 'dead', '--yes']);
    expectExit(unreachable, 7);
    expect((await left()).slots).toHaveLength(1);
    await replctl.ok(['remove-follower', 'dead', '--gone', '--yes']);
    expect(await left()).toEqual({ slots: [], roles: [], senders: 0, hbaBlocks: 0 });
  });

  test('does not take away what a copy that was cut off stands on', async () => {
    const adding = replctl.start(['add-follower', 'kept', '--replace', '--rate', '1MB/s']);
    await adding.event((event) => event.event === 'step-started' && event.step === 'transfer.copy');
    expectExit(await replctl.run(['remove-follower', 'kept', '--yes']), 6);
    adding.kill('SIGKILL');
    await adding.ended;
    const before = await left();
    const refused = await replctl.run(['remove-follower', 'kept', '--yes']);
    expectExit(refused, 2);
    expect(refused.json).toMatchObject({ error: { code: 'RUN_DIFFERS', hint: expect.stringContaining('abandon') } });
    expect(await left()).toEqual(before);
    await replctl.ok(['abandon', '--node', 'kept', '--yes']);
    expect(await left()).toEqual({ slots: [], roles: [], senders: 0, hbaBlocks: 0 });
  });

  test('lets both be followers again', async () => {
    const refused = await replctl.run(['add-follower', 'kept']);
    expectExit(refused, 3);
    await machines.dead.powerOn();
    const [first, second] = await Promise.all(
      ['kept', 'dead'].map((name) => replctl.ok<AddFollowerResult>(['add-follower', name, '--replace'])),
    );
    expect([first!.outcome, second!.outcome]).toEqual(['added', 'added']);
    for (const name of ['kept', 'dead'] as const)
      expect(await compare(leader, mainServer(machines[name]))).toMatchObject({ differences: [] });
    expect(await left()).toMatchObject({ roles: ['replctl_dead', 'replctl_kept'], senders: 2, hbaBlocks: 2 });
    expect((await left()).slots).toHaveLength(2);
    expect(await replctl.ok<StatusResult>(['status'])).toMatchObject({ healthy: true });
  });
});
