import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeInLab } from './support/in-lab.ts';
import { createReplctl, expectExit, type Ended, type Replctl } from './support/replctl.ts';
import { sample } from './support/sample.ts';
import { allText, filesWith, watchProcesses } from './support/secrets.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { fingerprint, leftOnFollower, leftOnUpstream } from './support/traces.ts';
import { startWriter } from './support/writer.ts';

const versions = [
  { image: 'bookworm', major: 15 },
  { image: 'trixie', major: 17 },
  { image: 'sid', major: 18 },
] as const;

const suite = ({ image, major }: (typeof versions)[number]) => {
  let lab: Lab;
  let machines: { leader: Machine; follower: Machine };
  let leader: Server;
  let follower: Server;
  let replctl: Replctl;
  let added: Ended;
  let committed: readonly number[];
  let committedBefore: number;
  let committedAfter: number;
  let ownBefore: string;
  let seen: string;

  // A leader that logs every statement, under a writer; what processes show is watched on all three machines.
  beforeAll(async () => {
    lab = await createLab({ name: `add-${major}` });
    const settings = {
      listen_addresses: '*',
      log_statement: 'all',
      log_connections: 'on',
      log_replication_commands: 'on',
    };
    const [one, other] = await lab.bootAll([
      { name: 'leader', image, settings },
      { name: 'follower', image },
    ]);
    machines = { leader: one, follower: other };
    [leader, follower] = [mainServer(one), mainServer(other)];
    await leader.sql(sample);
    ownBefore = await other.postgres.systemIdentifier();
    const fleet = await writeFleet(lab, {
      nodes: { leader: { host: one.address }, follower: { host: other.address, follows: 'leader' } },
    });
    replctl = createReplctl({ fleet, directory: lab.directory });
    const writer = await startWriter(one);
    const watch = watchProcesses();
    committedBefore = await writer.count();
    added = await replctl.run(['add-follower', 'follower']);
    committedAfter = await writer.count();
    seen = await watch.words();
    watch.end();
    await writer.more(100);
    committed = await writer.stop();
  });
  afterAll(() => lab?.destroy());

  test('ends well and says what it did', () => {
    expectExit(added, 0);
    const result = added.json.result as unknown as AddFollowerResult;
    expect(result).toMatchObject({
      outcome: 'added',
      node: 'follower',
      upstream: 'leader',
      copiedFrom: 'leader',
      method: 'basebackup',
      position: { timeline: 1 },
    });
    expect(result.bytes).toBeGreaterThan(20_000_000);
    expect(new Set(result.steps.map(({ state }) => state))).toEqual(new Set(['done', 'skipped']));
    expect(added.events.at(-1)).toMatchObject({ event: 'run-ended', ok: true, run: added.json.run });
  });

  test('has every row on the follower that was committed on the leader', async () => {
    expect(committedAfter - committedBefore).toBeGreaterThan(100);
    expect(committed.length).toBeGreaterThan(committedAfter);
    const comparison = await compare(leader, follower);
    expect(comparison.differences).toEqual([]);
    expect(comparison.databases).toBe(3);
    expect(comparison.tables).toBeGreaterThan(3 * 60);
    const there = new Set((await follower.sql('SELECT id FROM written')).split('\n').map(Number));
    expect(committed.filter((id) => !there.has(id))).toEqual([]);
  });

  test.for(['INSERT INTO written (text) VALUES (1)', 'CREATE TABLE t ()', 'SELECT pg_current_xact_id()'])(
    'refuses %s on the follower',
    async (statement) => {
      await expect(follower.sql(statement)).rejects.toThrow(/read-only transaction|during recovery/);
    },
  );

  test('reports a healthy fleet', async () => {
    const status = await replctl.ok<StatusResult>(['status']);
    expect(status.healthy).toBe(true);
    const [first, second] = status.nodes;
    expect(first).toMatchObject({
      name: 'leader',
      role: 'leader',
      state: 'running',
      upstream: null,
      readOnly: false,
    });
    expect(second).toMatchObject({
      name: 'follower',
      role: 'follower',
      state: 'streaming',
      upstream: 'leader',
      readOnly: true,
      slot: { state: 'active' },
    });
    expect(second!.version).toMatch(new RegExp(`^${major}\\b`));
    expect(second!.warnings.map(({ code }) => code)).toEqual(['OLD_DATA_KEPT']);
  });

  test('set the pristine cluster aside without a flag, and kept it', async () => {
    const { aside } = await leftOnFollower(machines.follower);
    expect(aside).toEqual([`/var/lib/postgresql/${major}/main.replctl-aside-${added.json.run}`]);
    const control = await machines.follower.ok([
      `${machines.follower.postgres.binDirectory}/pg_controldata`,
      aside[0]!,
    ]);
    expect(control).toContain(ownBefore);
    expect(await follower.sql('SELECT system_identifier FROM pg_control_system()')).not.toBe(ownBefore);
  });

  test('changes nothing when it is run again', async () => {
    const both = () => Promise.all([fingerprint(machines.leader, leader), fingerprint(machines.follower, follower)]);
    const before = await both();
    const again = await replctl.run(['add-follower', 'follower']);
    expectExit(again, 0);
    expect(again.json).toMatchObject({ ok: true, run: null, result: { outcome: 'already', steps: [] } });
    expect(await both()).toEqual(before);
  });

  test('leaves nothing of the run but one slot, one role and one way in', async () => {
    expect(await leftOnFollower(machines.follower)).toMatchObject({ staging: [], jobs: [], processes: [] });
    const left = await leftOnUpstream(machines.leader, leader);
    expect(left).toMatchObject({ roles: ['replctl_follower'], senders: 1, hbaBlocks: 1 });
    expect(left.slots).toEqual([expect.stringMatching(/^replctl_follower_r/)]);
    expect(await machines.leader.ok('ls /etc/postgresql/*/main')).not.toContain('replctl');
  });

  test('shows the password to nobody', async () => {
    const passfile = '/var/lib/postgresql/.replctl/lab.follower/passfile';
    expect((await machines.follower.ok(['stat', '-c', '%a %U', passfile])).trim()).toBe('600 postgres');
    const password = (await machines.follower.ok(['cat', passfile])).trim().split(':').at(-1)!;
    expect(password.length).toBeGreaterThanOrEqual(20);
    expect(await filesWith(machines.follower, password)).toEqual([passfile]);
    expect(await filesWith(machines.leader, password)).toEqual([]);
    expect(seen.includes(password)).toBe(false);
    // The watch saw something: here, and on the follower the copy itself.
    expect(seen).toMatch(/^add-follower$/m);
    expect(seen).toMatch(/pg_basebackup$/m);
    for (const text of [allText(replctl.stateDir), JSON.stringify(added.events), added.stdout, added.stderr]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.includes(password)).toBe(false);
    }
    expect(await leader.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'replctl_follower'")).toMatch(
      /^SCRAM-SHA-256\$/,
    );
  });
};

for (const version of versions) describeInLab(`add-follower on PostgreSQL ${version.major}`, () => suite(version));
