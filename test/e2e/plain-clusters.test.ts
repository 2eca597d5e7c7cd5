import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeWithEverything } from './support/extent.ts';
import { createReplctl, type Replctl } from './support/replctl.ts';
import { sample } from './support/sample.ts';
import { mainServer, serverOnPort } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { leftOnFollower } from './support/traces.ts';

const binDir = '/usr/lib/postgresql/17/bin';

/** A cluster as `initdb` makes it, run by `pg_ctl`; Debian's tools and systemd know nothing of it. */
const makeCluster = (machine: Machine, directory: string, lines: readonly string[]): Promise<string> =>
  machine.ok(
    `umask 077; ${binDir}/initdb -D ${directory} --no-sync >/dev/null
    cat >>${directory}/postgresql.conf
    ${binDir}/pg_ctl -D ${directory} -l ${directory}.log start >/dev/null`,
    { user: 'postgres', input: lines.join('\n') },
  );

describeWithEverything('a plain data directory', () => {
  let lab: Lab;
  let one: Machine;
  let two: Machine;
  /** Three nodes share the second machine. */
  let replctl: Replctl;
  const operatorOf = async (fleet: string, leader: object, followers: Readonly<Record<string, object>>) => {
    const nodes = Object.entries(followers).map(([name, database]) => {
      return [name, { host: two.address, follows: 'leader', database: { binDir, ...database } }] as const;
    });
    const file = await writeFleet(lab, {
      fleet,
      nodes: { leader: { host: one.address, database: { binDir, ...leader } }, ...Object.fromEntries(nodes) },
    });
    return createReplctl({ fleet: file, directory: lab.directory });
  };
  const isServedBy = async (directory: string, port: number) => {
    const postmaster = (await two.ok(['head', '-n', '4', `${directory}/postmaster.pid`])).split('\n');
    expect(postmaster[1]).toBe(directory);
    expect(postmaster[3]).toBe(String(port));
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'plain' });
    [one, two] = await lab.bootAll([
      { name: 'one', settings: { listen_addresses: '*' } },
      { name: 'two', cluster: false },
    ]);
    for (const machine of [one, two]) await machine.ok('install -d -o postgres -m 755 /srv/pg');
    await makeCluster(one, '/srv/pg/data', ['port = 5433', "listen_addresses = '*'", 'max_connections = 150']);
    await serverOnPort(one, 5433).sql(sample);
    replctl = await operatorOf(
      'plain',
      { dataDir: '/srv/pg/data', port: 5433 },
      {
        empty: { dataDir: '/srv/pg/data', port: 5439 },
        own: { dataDir: '/srv/pg/own', port: 5440 },
        theirs: { dataDir: '/srv/pg/theirs', port: 5443 },
      },
    );
  });
  afterAll(() => lab?.destroy());

  test('is led by one and filled from nothing on the other', async () => {
    const added = await replctl.ok<AddFollowerResult>(['add-follower', 'empty']);
    expect(added.outcome).toBe('added');
    await isServedBy('/srv/pg/data', 5439);
    expect(await compare(serverOnPort(one, 5433), serverOnPort(two, 5439))).toMatchObject({ differences: [] });
    const { nodes } = await replctl.ok<StatusResult>(['status', 'empty']);
    expect(nodes).toMatchObject([{ role: 'follower', upstream: 'leader', state: 'streaming', warnings: [] }]);
    expect((await replctl.ok<AddFollowerResult>(['add-follower', 'empty'])).outcome).toBe('already');
    expect(await leftOnFollower(two)).toEqual({ aside: [], staging: [], jobs: [], processes: [] });
  });

  test('keeps its own configuration where it had one, and its old data aside', async () => {
    await makeCluster(two, '/srv/pg/own', ['port = 5440', "work_mem = '7MB'", 'max_connections = 20']);
    await serverOnPort(two, 5440).sql('CREATE TABLE mine AS SELECT 42 AS answer');
    await replctl.ok(['add-follower', 'own', '--replace']);
    await isServedBy('/srv/pg/own', 5440);
    const server = serverOnPort(two, 5440);
    // Its own, but for what a standby must have at least as large as its leader.
    expect(await server.sql('SHOW work_mem; SHOW max_connections')).toBe('7MB\n150');
    expect(await compare(serverOnPort(one, 5433), server)).toMatchObject({ differences: [] });
    const { aside } = await leftOnFollower(two);
    expect(aside).toEqual([expect.stringMatching(/^\/srv\/pg\/own\.replctl-aside-r-\w+$/)]);
    await two.ok(
      `${binDir}/pg_ctl -D ${aside[0]} -o "-p 5441" -l /tmp/aside.log start >/dev/null
      psql -X -q -At -p 5441 -d postgres -c 'SELECT answer FROM mine' | grep -qx 42
      ${binDir}/pg_ctl -D ${aside[0]} stop >/dev/null`,
      { user: 'postgres' },
    );
  });

  test('follows a leader that has its configuration elsewhere', async () => {
    await mainServer(one).sql('CREATE TABLE debians AS SELECT g FROM generate_series(1, 1000) g');
    const mixed = await operatorOf('mixed', { port: 5432 }, { follower: { dataDir: '/srv/pg/mixed', port: 5442 } });
    await mixed.ok(['add-follower', 'follower']);
    await isServedBy('/srv/pg/mixed', 5442);
    expect(await compare(mainServer(one), serverOnPort(two, 5442))).toMatchObject({ differences: [] });
    const { nodes } = await mixed.ok<StatusResult>(['status']);
    expect(nodes[1]).toMatchObject({ state: 'streaming', warnings: [] });
  });

  test('is put back and started again when its replacement is abandoned', async () => {
    await makeCluster(two, '/srv/pg/theirs', ['port = 5443']);
    await serverOnPort(two, 5443).sql('CREATE TABLE mine AS SELECT 43 AS answer');
    const running = replctl.start(['add-follower', 'theirs', '--replace']);
    await running.event((event) => event.event === 'step-done' && event.step === 'configure.start');
    running.kill('SIGKILL');
    await running.ended;
    await replctl.ok(['abandon', '--yes']);
    expect(await serverOnPort(two, 5443).sql('SELECT answer FROM mine; SELECT pg_is_in_recovery()')).toBe('43\nf');
    expect((await leftOnFollower(two)).staging).toEqual([]);
    expect((await leftOnFollower(two)).aside.join()).not.toContain('theirs');
  });
});
