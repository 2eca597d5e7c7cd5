import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeInLab } from './support/in-lab.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { sample } from './support/sample.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { dataStarts, moveLogAway, tablespacesOf } from './support/storage.ts';
import { fingerprint, leftOnFollower } from './support/traces.ts';

const data = '/var/lib/postgresql/17/main';
const wal = '/var/lib/postgresql/wal';

/** The leader: page checksums, its log on another disk, two tablespaces, and commits that wait for a standby that is not there. */
describeInLab('where the data lies', () => {
  let lab: Lab;
  let machines: Record<'leader' | 'mounted' | 'apart', Machine>;
  let servers: Record<'leader' | 'mounted' | 'apart', Server>;
  let replctl: Replctl;
  const sameAsLeader = async (server: Server) => {
    expect(await compare(servers.leader, server)).toMatchObject({ differences: [], databases: 3 });
    expect(await server.sql('SHOW data_checksums; SELECT sum(checksum_failures) FROM pg_stat_database')).toBe('on\n0');
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'layouts' });
    const initdb = ['--data-checksums'];
    const [leader, mounted, apart] = await lab.bootAll([
      { name: 'leader', initdb, settings: { listen_addresses: '*' } },
      { name: 'mounted', initdb, disks: { [data]: 800 }, settings: { listen_addresses: '*' } },
      { name: 'apart', initdb: [...initdb, `--waldir=${wal}`], disks: { '/srv/two': 200 } },
    ]);
    machines = { leader, mounted, apart };
    servers = { leader: mainServer(leader), mounted: mainServer(mounted), apart: mainServer(apart) };
    await moveLogAway(leader, '/srv/log');
    for (const machine of [leader, mounted, apart])
      await machine.ok('install -d -o postgres -m 700 "/srv/one space" /srv/two /srv/mapped /srv/mapped/one');
    await servers.leader.sql(sample);
    await servers.leader.sql(`CREATE TABLESPACE one LOCATION '/srv/one space'`);
    await servers.leader.sql(`CREATE TABLESPACE two LOCATION '/srv/two'`);
    await servers.leader.sql(`
      CREATE TABLE in_one TABLESPACE one AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g;
      CREATE TABLE in_two (id int PRIMARY KEY USING INDEX TABLESPACE one) TABLESPACE two;
      INSERT INTO in_two SELECT g FROM generate_series(1, 5000) g;`);
    await servers.leader.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await servers.leader.sql('SELECT pg_reload_conf()');
    const fleet = await writeFleet(lab, {
      nodes: {
        leader: { host: leader.address },
        mounted: {
          host: mounted.address,
          follows: 'leader',
          database: { tablespaces: { '/srv/one space': '/srv/mapped/one' } },
        },
        apart: { host: apart.address, follows: 'leader' },
      },
    });
    replctl = createReplctl({ fleet, directory: lab.directory });
  });
  afterAll(() => lab?.destroy());

  test('adds a follower while commits hang for want of a synchronous standby', async () => {
    const commit = () =>
      machines.leader.run(['timeout', '2', 'psql', '-c', 'CREATE TABLE waits ()'], { user: 'postgres' });
    expect((await commit()).exitCode).toBe(124);
    const added = await replctl.run(['add-follower', 'mounted']);
    expectExit(added, 0);
    expect(added.json.warnings.map(({ code }) => code)).toContain('SYNCHRONOUS_STANDBY_MISSING');
    expect(await servers.leader.sql('SELECT application_name, sync_state FROM pg_stat_replication')).toBe(
      'mounted|sync',
    );
    await servers.leader.sql('INSERT INTO in_two VALUES (0)');
  });

  test('fills a data directory that is a mount point, and maps a tablespace elsewhere', async () => {
    await sameAsLeader(servers.mounted);
    expect(await machines.mounted.ok(['stat', '-c', '%m', `${data}/PG_VERSION`])).toBe(`${data}\n`);
    expect(await tablespacesOf(servers.mounted)).toEqual({ one: '/srv/mapped/one', two: '/srv/two' });
    expect(await machines.mounted.ok('ls "/srv/one space"')).toBe('');
  });

  test('keeps what was in it inside of it, and nothing else', async () => {
    const { aside, staging, jobs } = await leftOnFollower(machines.mounted);
    expect(aside).toEqual([expect.stringMatching(new RegExp(`^${data}/.replctl-r-\\w+/aside$`))]);
    expect(staging.filter((path) => !aside[0]!.startsWith(path))).toEqual([]);
    expect(jobs).toEqual([]);
    expect(await dataStarts(machines.mounted, aside[0]!, 'SELECT count(*) FROM pg_database')).toBe('3');
  });

  test("refuses somebody else's cluster, and does not touch it", async () => {
    await servers.apart.sql(`CREATE TABLESPACE theirs LOCATION '/srv/two'`);
    await servers.apart.sql(
      'CREATE DATABASE precious; CREATE TABLE kept TABLESPACE theirs AS SELECT g FROM generate_series(1, 1000) g',
    );
    const before = await fingerprint(machines.apart, servers.apart);
    const refused = await replctl.run(['add-follower', 'apart']);
    expectExit(refused, 3);
    expect(refused.stdout).toContain('DATA_PRESENT');
    expect(refused.stdout).toContain('precious');
    expect(await fingerprint(machines.apart, servers.apart)).toBe(before);
    expect(await servers.apart.sql('SELECT count(*) FROM kept')).toBe('1000');
  });

  test('puts it back, running, when a replacement is abandoned after the swap', async () => {
    const running = replctl.start(['add-follower', 'apart', '--replace']);
    await running.event((event) => event.event === 'step-done' && event.step === 'configure.swap');
    running.kill('SIGINT');
    const ended = await running.ended;
    expectExit(ended, 130);
    expect(await machines.apart.ok(['cat', `${data}/replctl.run`])).toBe(`${ended.json.run}\n`);
    await replctl.ok(['abandon', '--yes']);
    expect(await servers.apart.sql('SELECT count(*) FROM kept')).toBe('1000');
    expect(await servers.apart.sql("SELECT datname FROM pg_database WHERE datname = 'precious'")).toBe('precious');
    expect(await machines.apart.ok(['readlink', '-f', `${data}/pg_wal`])).toBe(`${wal}\n`);
    expect(await leftOnFollower(machines.apart)).toMatchObject({ aside: [], staging: [], jobs: [], processes: [] });
    expect(
      await servers.leader.sql("SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'replctl_apart%'"),
    ).toBe('0');
  });

  test('replaces it when told to, with the log and the tablespaces where they belong', async () => {
    const added = await replctl.ok<AddFollowerResult>(['add-follower', 'apart', '--replace']);
    expect(added.outcome).toBe('added');
    await sameAsLeader(servers.apart);
    expect(await machines.apart.ok(['readlink', '-f', `${data}/pg_wal`])).toBe(`${wal}\n`);
    expect(await machines.apart.ok(`ls ${wal} | grep -c ^0000`)).not.toBe('0\n');
    expect(await tablespacesOf(servers.apart)).toEqual({ one: '/srv/one space', two: '/srv/two' });
  });

  test('keeps what was replaced whole: it starts, and touches nothing of the follower', async () => {
    const { aside } = await leftOnFollower(machines.apart);
    const old = aside.find((path) => path.startsWith(`${data}.replctl-aside-`))!;
    expect(await dataStarts(machines.apart, old, 'SELECT count(*) FROM kept')).toBe('1000');
    await sameAsLeader(servers.apart);
    await machines.apart.postgres.restart();
    await sameAsLeader(servers.apart);
  });

  test('replaces a follower that lost its slot, which has the same tablespaces', async () => {
    await machines.apart.postgres.stop();
    await servers.leader.sql(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'replctl_apart%'",
    );
    await machines.apart.postgres.start();
    const refused = await replctl.run(['add-follower', 'apart']);
    expectExit(refused, 3);
    await replctl.ok(['add-follower', 'apart', '--replace', '--copy-from', 'mounted']);
    await sameAsLeader(servers.apart);
    expect(await tablespacesOf(servers.apart)).toEqual({ one: '/srv/one space', two: '/srv/two' });
    // The source's old data, which lies in its data directory, is not the follower's.
    expect(await machines.apart.ok(`ls -A ${data}`)).not.toContain('.replctl-');
  });

  test('removes the old data where that was asked for', async () => {
    await machines.mounted.postgres.stop();
    await servers.leader.sql(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'replctl_mounted%'",
    );
    await machines.mounted.ok(`rm -rf ${data}/.replctl-*`);
    await replctl.ok(['add-follower', 'mounted', '--replace', '--discard-old']);
    expect(await leftOnFollower(machines.mounted)).toMatchObject({ aside: [], staging: [], jobs: [] });
    const status = await replctl.ok<StatusResult>(['status', 'mounted']);
    expect(status.nodes[0]!.warnings).toEqual([]);
    await sameAsLeader(servers.mounted);
  });
});
