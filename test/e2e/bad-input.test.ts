import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeEntry } from '../../src/fleet/schema.ts';
import { saying } from '../contract/fixtures/saying.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { createTrial } from './support/trial.ts';

const data = '/var/lib/postgresql/17/main';

/**
 * A leader, a follower to be, another cluster on a small disk, a server of another major version, and a machine without a server: nobody's state may
 * change by what is refused here.
 */
describeWithEverything('what a user gets wrong', () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;
  let other: Machine;
  let old: Machine;
  let bare: Machine;
  let trial: ReturnType<typeof createTrial>;

  const nodes = (db1: NodeEntry, db2: NodeEntry) => ({ db1, db2: { follows: 'db1', ...db2 } });
  /** db1 leads on one machine, db2 shall follow it on the other. */
  const pair = (top: Machine, below: Machine, more: NodeEntry = {}) => ({
    nodes: nodes({ host: top.address, ...more }, { host: below.address }),
  });
  const add = ['add-follower', 'db2'];

  beforeAll(async () => {
    lab = await createLab({ name: 'bad-input' });
    [leader, follower, other, old, bare] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      { name: 'follower' },
      { name: 'other', settings: { listen_addresses: '*' }, disks: { [data]: 100 } },
      { name: 'old', image: 'bookworm' },
      { name: 'bare', image: 'trixie-base' },
    ]);
    trial = createTrial(lab, [leader, follower, other, old, bare]);
  });
  afterAll(() => lab?.destroy());

  test('a login that has no sudo', async () => {
    const { nodes: both } = pair(leader, follower);
    expect(await trial.refusal({ nodes: both, ssh: { user: 'nosudo' } }, add)).toMatchObject({
      exitCode: 7,
      code: 'AUTHENTICATION_FAILED',
      node: 'db1',
      message: saying('nosudo', 'postgres', 'db1'),
      hint: saying('nosudo ALL=(postgres) NOPASSWD: ALL', 'sudoers'),
    });
    const onlyBelow = { ...both, db2: { ...both.db2, ssh: { user: 'nosudo' } } };
    expect(await trial.refusal({ nodes: onlyBelow }, add)).toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      node: 'db2',
    });
  });

  test('no server on the follower', async () => {
    expect(await trial.refusal(pair(leader, bare), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('SERVER_NOT_INSTALLED', 'db2'),
      hint: saying('apt-get install postgresql-17'),
    });
  });

  test('no server on the leader', async () => {
    expect(await trial.refusal(pair(bare, follower), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db1',
      message: saying('CLUSTER_NOT_FOUND', 'db1', 'leader'),
    });
  });

  test('another major version on the follower', async () => {
    expect(await trial.refusal(pair(leader, old), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('VERSION_DIFFERS', 'db2', '15', 'db1', '17'),
      hint: saying('postgresql-17'),
    });
  });

  test('a data directory with someone else’s cluster, whether its server runs or not: every byte stays', async () => {
    await follower.postgres.sql(`CREATE DATABASE "their shop"`);
    await follower.postgres.sql('CREATE TABLE orders AS SELECT g FROM generate_series(1, 1000) g', {
      database: 'their shop',
    });
    expect(await trial.refusal(pair(leader, follower), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('DATA_PRESENT', data, 'db2', 'their shop'),
      hint: saying('--replace', 'nothing is deleted'),
    });
    await follower.postgres.stop();
    const checksum = () =>
      follower.ok(`find ${data} -type f -exec sha256sum {} + | sort | sha256sum; find ${data} | sort | sha256sum`);
    const before = await checksum();
    expect(await trial.refusal(pair(leader, follower), add)).toMatchObject({
      exitCode: 3,
      message: saying('DATA_PRESENT', 'system identifier', 'shut down'),
    });
    expect(await checksum()).toBe(before);
    await follower.postgres.start();
    await follower.postgres.sql(`DROP DATABASE "their shop"`);
  });

  test('a leader whose server is down', async () => {
    await other.postgres.stop();
    expect(await trial.refusal(pair(other, follower), add)).toMatchObject({
      exitCode: 3,
      node: 'db1',
      message: saying('SERVER_DOWN', data, 'db1'),
      hint: saying('Start the server on db1'),
    });
    await other.postgres.start();
  });

  test('a leader that is itself in recovery', async () => {
    await other.postgres.sql(`ALTER SYSTEM SET primary_conninfo = 'host=10.9.9.9 port=5433 user=x'`);
    await other.postgres.stop();
    await other.ok(`touch ${data}/standby.signal && chown postgres: ${data}/standby.signal`);
    await other.postgres.start();
    expect(await trial.refusal(pair(other, follower), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db1',
      message: saying('LEADER_IN_RECOVERY', 'db1', 'follower', '10.9.9.9'),
      hint: saying('follows', 'db1'),
    });
  });

  test('a follower that is in recovery, of somebody else', async () => {
    expect(await trial.refusal(pair(leader, other), add)).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('DATA_PRESENT', 'a follower of another server'),
    });
    await other.ok(`rm ${data}/standby.signal`);
    await other.postgres.sql('ALTER SYSTEM RESET primary_conninfo');
    await other.postgres.restart();
  });

  test('a follower that is the leader: same host, same port', async () => {
    expect(await trial.refusal(pair(leader, leader), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('FOLLOWER_IS_UPSTREAM', 'db2', 'db1', data),
      hint: saying('host', 'database.port', 'db2'),
    });
  });

  test('a follower that is the leader’s machine under another address, with --replace too', async () => {
    const alias = `${lab.network}.222`;
    await leader.ok(`ip address add ${alias}/24 dev eth0`);
    const known = join(lab.directory, 'known_hosts_alias');
    await writeFile(known, `${leader.hostKey}\n${leader.hostKey.replace(leader.address, alias)}\n`);
    const fleet = { nodes: nodes({ host: leader.address }, { host: alias }), ssh: { knownHostsFile: known } };
    expect(await trial.refusal(fleet, [...add, '--replace'])).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('FOLLOWER_IS_UPSTREAM', 'same machine'),
    });
    await leader.ok(`ip address del ${alias}/24 dev eth0`);
  });

  test('a replication address where nothing listens', async () => {
    expect(await trial.refusal(pair(leader, follower, { address: bare.address }), add)).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('UPSTREAM_UNREACHABLE', 'db2', `${bare.address}:5432`, 'db1', 'refused'),
      hint: saying('address', 'db1'),
    });
  });

  test('a replication address that does not resolve', async () => {
    expect(await trial.refusal(pair(leader, follower, { address: 'db1.invalid' }), add)).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('UPSTREAM_UNREACHABLE', 'db1.invalid:5432'),
      hint: saying('address'),
    });
  });

  test('a disk that is too small', async () => {
    const error = await trial.refusal(pair(leader, other), add);
    expect(error).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('DISK_TOO_SMALL', data, 'db2', 'MB free', 'needs', 'data', 'log'),
      hint: saying('Make room'),
    });
    expect(error.details.findings?.[0]?.evidence).toMatchObject({ path: data });
  });

  test('a leader with wal_level minimal, no walsenders, no slots, that listens on localhost only', async () => {
    await other.postgres.set({
      wal_level: 'minimal',
      max_wal_senders: 0,
      max_replication_slots: 0,
      listen_addresses: 'localhost',
    });
    const error = await trial.refusal(pair(other, follower), add);
    expect(error).toMatchObject({ exitCode: 3, node: 'db1', message: saying('WAL_LEVEL', 'minimal', 'db1', '3 more') });
    const found = Object.fromEntries(error.details.findings!.map((finding) => [finding.code, finding]));
    expect(found).toMatchObject({
      WAL_LEVEL: { node: 'db1', hint: saying('ALTER SYSTEM SET wal_level = replica', 'restart') },
      NO_FREE_WALSENDER: { node: 'db1', message: saying('0 free of 0') },
      NO_FREE_SLOT: { node: 'db1', message: saying('0 of 0') },
      LISTENS_LOCALLY: {
        node: 'db1',
        message: saying('localhost only', 'db2'),
        hint: saying(`listen_addresses = 'localhost, ${other.address}'`),
      },
    });
    await other.postgres.set({
      wal_level: 'replica',
      max_wal_senders: 10,
      max_replication_slots: 10,
      listen_addresses: '*',
    });
  });

  test('nodes of another cluster as upstream and source', async () => {
    const three = { nodes: { ...pair(leader, follower).nodes, db3: { host: other.address, follows: 'db1' } } };
    for (const flag of ['--upstream', '--copy-from']) {
      const found = await trial.findings(three, [flag, 'db3']);
      expect(found).toMatchObject({
        FOREIGN_CLUSTER: { node: 'db3', message: saying(await other.postgres.systemIdentifier(), 'db1') },
        NOT_A_FOLLOWER: { node: 'db3' },
      });
    }
  });

  test('a replication address where another cluster answers: what was made is taken back', async () => {
    const roles = () => leader.postgres.sql('SELECT rolname FROM pg_roles; SELECT slot_name FROM pg_replication_slots');
    const hba = () => leader.ok(`cat ${leader.postgres.configDirectory}/pg_hba.conf`);
    const before = [await roles(), await hba()];
    const { json, exitCode } = await trial.give(pair(leader, follower, { address: other.address }), add);
    expect(exitCode).toBe(3);
    expect(json).toMatchObject({
      ok: false,
      error: {
        code: 'PREFLIGHT_REFUSED',
        node: 'db2',
        message: saying('db2', `${other.address}:5432`, 'db1'),
        hint: saying('`address` of db1'),
      },
    });
    expect([await roles(), await hba()]).toEqual(before);
    expect(await follower.postgres.sql('SELECT pg_is_in_recovery()')).toBe('f');
    expect(await follower.ok('find /var/lib/postgresql -name passfile')).toBe('');
    expect(await follower.ok('ls /var/lib/postgresql/17')).toBe('main\n');
  });
});
