import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatusResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeInLab } from './support/in-lab.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';

describeInLab('what status says of a fleet that is not as it should be', () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;
  let server: Server;
  let replctl: Replctl;

  const look = async (exitCode: number) => {
    const ended = await replctl.run(['status']);
    expectExit(ended, exitCode);
    const { nodes } = ended.json.result as unknown as StatusResult;
    const node = (name: string) => nodes.find((candidate) => candidate.name === name)!;
    return { node, codes: (name: string) => node(name).warnings.map(({ code }) => code) };
  };
  /** Three segments of log, so that a slot that may keep one loses what it reserved at the checkpoint. */
  const writeLog = () =>
    server.sql(
      `DO $$ BEGIN FOR i IN 1..4 LOOP PERFORM pg_logical_emit_message(false, 'filler', repeat('x', 1000000)); END LOOP; END $$;
       SELECT pg_switch_wal(); SELECT pg_logical_emit_message(false, 'filler', 'x'); SELECT pg_switch_wal();
       SELECT pg_logical_emit_message(false, 'filler', 'x'); SELECT pg_switch_wal(); CHECKPOINT`,
    );

  beforeAll(async () => {
    lab = await createLab({ name: 'status' });
    [leader, follower] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*', max_slot_wal_keep_size: '16MB' } },
      { name: 'follower' },
    ]);
    server = mainServer(leader);
    const fleet = await writeFleet(lab, {
      nodes: { leader: { host: leader.address }, follower: { host: follower.address, follows: 'leader' } },
    });
    replctl = createReplctl({ fleet, directory: lab.directory });
    expectExit(await replctl.run(['add-follower', 'follower']), 0);
  });

  afterAll(async () => {
    await lab?.destroy();
  });

  test('a healthy pair: the tree, the slot and what it keeps, no lag', async () => {
    const { node } = await look(0);
    expect(node('leader')).toMatchObject({ role: 'leader', state: 'running', upstream: null, readOnly: false });
    expect(node('follower')).toMatchObject({
      role: 'follower',
      state: 'streaming',
      upstream: 'leader',
      readOnly: true,
    });
    expect(node('follower').lag).toMatchObject({ bytes: 0, seconds: 0 });
    expect(node('follower').slot).toMatchObject({ state: 'active', retainedBytes: expect.any(Number) });
  });

  test('a slot that nobody uses, with the log that it keeps', async () => {
    await server.sql("SELECT pg_create_physical_replication_slot('forgotten', true)");
    const { codes, node } = await look(8);
    expect(codes('leader')).toEqual(['SLOT_UNUSED']);
    expect(node('leader').warnings[0]!.message).toMatch(/forgotten.*keeps/);
    await server.sql("SELECT pg_drop_replication_slot('forgotten')");
  });

  test('a follower that is down, whose machine is cut off, and whose replay is paused', async () => {
    await mainServer(follower).sql('SELECT pg_wal_replay_pause()');
    expect((await look(8)).codes('follower')).toContain('REPLAY_PAUSED');
    await mainServer(follower).sql('SELECT pg_wal_replay_resume()');

    await follower.postgres.stop();
    const down = await look(8);
    expect(down.node('follower')).toMatchObject({ role: 'unknown', state: 'stopped' });
    expect(down.codes('follower')).toContain('SERVER_DOWN');
    await follower.postgres.start();

    await follower.powerOff();
    const off = await look(8);
    expect(off.node('follower')).toMatchObject({ state: 'unreachable' });
    expect(off.node('leader')).toMatchObject({ state: 'running' });
    await follower.powerOn();
  });

  test('a follower whose slot has lost its log', async () => {
    await follower.postgres.stop();
    await writeLog();
    await follower.postgres.start();
    const { node, codes } = await look(8);
    expect(node('follower').slot).toMatchObject({ state: 'lost' });
    expect(codes('follower')).toContain('SLOT_LOST');
    expect(node('follower').warnings.find(({ code }) => code === 'SLOT_LOST')!.hint).toMatch(/--replace/);

    const refused = await replctl.run(['add-follower', 'follower']);
    expectExit(refused, 3);
    expect(JSON.stringify(refused.json)).toMatch(/FOLLOWER_BROKEN/);
    expectExit(await replctl.run(['add-follower', 'follower', '--replace', '--discard-old']), 0);
    await look(0);
  });

  test('two leaders of one cluster, and a follower that was left on another timeline', async () => {
    await mainServer(follower).sql('SELECT pg_promote()');
    const { codes, node } = await look(8);
    expect(codes('leader')).toContain('TWO_LEADERS');
    expect(codes('follower')).toEqual(expect.arrayContaining(['TWO_LEADERS', 'DIFFERS_FROM_FLEET']));
    expect(node('follower')).toMatchObject({ role: 'leader', readOnly: false });

    // Put back as a standby without a rewind, it is on a timeline that its leader never had.
    const { dataDirectory } = follower.postgres;
    await follower.postgres.stop();
    await follower.ok(`touch ${dataDirectory}/standby.signal && chown postgres: ${dataDirectory}/standby.signal`);
    await follower.postgres.start();
    const forked = await look(8);
    expect(forked.codes('follower')).toContain('TIMELINE_FORK');
    expect(forked.node('follower')).toMatchObject({ role: 'follower', state: 'broken' });
  });
});
