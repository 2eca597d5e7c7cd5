import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { command } from '../lab/command.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeInLab } from './support/in-lab.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { sample } from './support/sample.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { backupsTaken, leftOnFollower, leftOnUpstream } from './support/traces.ts';
import { startWriter, type Writer } from './support/writer.ts';

describeInLab('where a follower copies from and whom it follows', () => {
  let lab: Lab;
  let machines: Record<'leader' | 'near' | 'copied' | 'far', Machine>;
  let servers: Record<'leader' | 'near' | 'copied' | 'far', Server>;
  let replctl: Replctl;
  let writer: Writer;
  const fleetOf = (far: 'leader' | 'near') =>
    writeFleet(lab, {
      nodes: {
        leader: { host: machines.leader.address },
        near: { host: machines.near.address, follows: 'leader' },
        copied: { host: machines.copied.address, follows: 'leader' },
        far: { host: machines.far.address, follows: far },
      },
    });
  const upstreams = async () => {
    const status = (await replctl.run(['status'])).json.result as unknown as StatusResult;
    return Object.fromEntries(status.nodes.map(({ name, upstream }) => [name, upstream]));
  };
  const allRowsAreOn = async (server: Server) => {
    const ids = await writer.stop();
    expect(await compare(servers.leader, server)).toMatchObject({ differences: [], databases: 3 });
    const there = new Set((await server.sql('SELECT id FROM written')).split('\n').map(Number));
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.filter((id) => !there.has(id))).toEqual([]);
    await writer.goOn();
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'sources' });
    const settings = { listen_addresses: '*', log_replication_commands: 'on' };
    const [leader, near, copied, far] = await lab.bootAll([
      { name: 'leader', settings },
      { name: 'near', settings },
      { name: 'copied', settings },
      { name: 'far', settings },
    ]);
    machines = { leader, near, copied, far };
    servers = {
      leader: mainServer(leader),
      near: mainServer(near),
      copied: mainServer(copied),
      far: mainServer(far),
    };
    await servers.leader.sql(sample);
    replctl = createReplctl({ fleet: await fleetOf('leader'), directory: lab.directory });
    await replctl.ok(['add-follower', 'near']);
    writer = await startWriter(leader);
  });
  afterAll(() => lab?.destroy());

  test('copies from a follower, and follows the leader, without a hole in the log', async () => {
    const result = await replctl.ok<AddFollowerResult>(['add-follower', 'copied', '--copy-from', 'near']);
    expect(result).toMatchObject({ upstream: 'leader', copiedFrom: 'near' });
    await writer.more(50);
    expect(await upstreams()).toMatchObject({ near: 'leader', copied: 'leader', far: null });
    await allRowsAreOn(servers.copied);
    // One from the leader: near's own.
    expect(await backupsTaken(machines.leader)).toBe(1);
    expect(await backupsTaken(machines.near)).toBe(1);
  });

  test('leaves the source as it was: no way in, no slot, no connection', async () => {
    expect(await leftOnUpstream(machines.near, servers.near)).toMatchObject({ slots: [], senders: 0, hbaBlocks: 0 });
    expect((await leftOnUpstream(machines.leader, servers.leader)).hbaBlocks).toBe(2);
    expect(await servers.copied.sql('SHOW primary_conninfo')).toContain(machines.leader.address);
    expect(await servers.copied.sql('SHOW primary_conninfo')).not.toContain(machines.near.address);
    expect(await leftOnFollower(machines.copied)).toMatchObject({ staging: [], jobs: [], processes: [] });
  });

  test('makes a follower of a follower, and says where the fleet file differs', async () => {
    const added = await replctl.run(['add-follower', 'far', '--upstream', 'near']);
    expectExit(added, 0);
    expect(added.json.result).toMatchObject({ upstream: 'near', copiedFrom: 'near' });
    expect(added.json.warnings.map(({ code }) => code)).toContain('UPSTREAM_DIFFERS');
    expect(await upstreams()).toEqual({ leader: null, near: 'leader', copied: 'leader', far: 'near' });
    // The role is the leader's to make; slot and way in are on the upstream.
    expect(await leftOnUpstream(machines.near, servers.near)).toMatchObject({
      slots: [expect.stringMatching(/^replctl_far_r/)],
      senders: 1,
      hbaBlocks: 1,
    });
    expect(await leftOnUpstream(machines.leader, servers.leader)).toMatchObject({
      roles: ['replctl_copied', 'replctl_far', 'replctl_near'],
      senders: 2,
      hbaBlocks: 2,
    });
    await allRowsAreOn(servers.far);
  });

  test('shows the tree, the log that each slot retains, and the difference from the fleet file', async () => {
    const before = await replctl.run(['status']);
    expectExit(before, 8);
    const warnings = (before.json.result as unknown as StatusResult).nodes.flatMap((node) => node.warnings);
    expect(warnings.filter(({ code }) => code === 'DIFFERS_FROM_FLEET')).toEqual([
      expect.objectContaining({ hint: expect.stringContaining('follows: near') as string }),
    ]);

    await fleetOf('near');
    const status = await replctl.ok<StatusResult>(['status']);
    expect(status.healthy).toBe(true);
    for (const node of status.nodes.slice(1)) {
      expect(node).toMatchObject({ role: 'follower', readOnly: true, slot: { state: 'active' } });
      expect(node.slot!.retainedBytes).toBeGreaterThanOrEqual(0);
      expect(node.lag!.bytes).toBeGreaterThanOrEqual(0);
    }
    const again = await replctl.ok<AddFollowerResult>(['add-follower', 'far']);
    expect(again.outcome).toBe('already');
  });

  test('does not take out a follower that feeds another', async () => {
    const refused = await replctl.run(['remove-follower', 'near', '--yes']);
    expectExit(refused, 3);
    expect(JSON.stringify(refused.json)).toMatch(/near feeds followers of its own/);
    await replctl.ok<StatusResult>(['status']);
  });

  test('draws the tree for people', async () => {
    const { stdout } = await command([process.execPath, 'bin/dev.js', 'status'], {
      env: { ...process.env, REPLCTL_FLEET: `${lab.directory}/lab.yaml`, REPLCTL_STATE_DIR: replctl.stateDir },
    });
    const depth = (name: string) => new RegExp(`^([^a-z\\n]*)${name}\\b`, 'm').exec(stdout)?.[1]?.length ?? -1;
    expect(depth('leader')).toBe(0);
    expect(depth('near')).toBeGreaterThan(depth('leader'));
    expect(depth('copied')).toBe(depth('near'));
    expect(depth('far')).toBeGreaterThan(depth('near'));
  });
});
