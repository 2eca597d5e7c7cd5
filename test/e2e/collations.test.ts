import { afterAll, beforeAll, expect, test } from 'vitest';
import { saying } from '../contract/fixtures/saying.ts';
import { must } from '../lab/command.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { createTrial } from './support/trial.ts';

const binaries = '/usr/lib/postgresql/15';

/**
 * One PostgreSQL 15 on two C libraries: the follower's release is newer, its server comes from the leader's release, with those of its libraries that the
 * newer release has no more.
 */
const bringServer = async (from: Machine, to: Machine): Promise<void> => {
  const inside = (machine: Machine, script: string) => `nsenter --target ${machine.leader} --all -- sh -ec '${script}'`;
  const pack = `tar -ch ${binaries} /usr/share/postgresql/15 $(ldd ${binaries}/bin/postgres ${binaries}/bin/psql | grep -o "/[^ ]*linux-gnu/[^ ]*" | sort -u)`;
  const unpack = 'mkdir -p /tmp/server; tar -x -C /tmp/server';
  await must(['bash', '-o', 'pipefail', '-ec', `${inside(from, pack)} 2>/dev/null | ${inside(to, unpack)}`]);
  await to.ok(`
    cp -a /tmp/server${binaries} /usr/lib/postgresql/
    cp -a /tmp/server/usr/share/postgresql/15 /usr/share/postgresql/
    install -d /usr/local/lib/fifteen
    find /tmp/server -path '*linux-gnu/*.so*' | while read -r library; do
      [ -e "/usr/lib/$(uname -m)-linux-gnu/$(basename "$library")" ] || cp "$library" /usr/local/lib/fifteen/
    done
    echo /usr/local/lib/fifteen >/etc/ld.so.conf.d/zz-fifteen.conf; ldconfig
    pg_createcluster 15 main --start`);
};

describeWithEverything('two releases that sort text differently', () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;
  let trial: ReturnType<typeof createTrial>;
  const pair = () => ({
    nodes: {
      db1: { host: leader.address },
      db2: { host: follower.address, follows: 'db1', database: { dataDir: '/var/lib/postgresql/15/main' } },
    },
  });

  beforeAll(async () => {
    lab = await createLab({ name: 'collations' });
    [leader, follower] = await lab.bootAll([
      { name: 'leader', image: 'bookworm', settings: { listen_addresses: '*' } },
      { name: 'follower', image: 'trixie', cluster: false },
    ]);
    await bringServer(leader, follower);
    await leader.postgres.sql(`CREATE DATABASE shop TEMPLATE template0 LOCALE 'en_US.UTF-8'`);
    trial = createTrial(lab, [leader]);
  });
  afterAll(() => lab?.destroy());

  test('are told apart before the copy, with both versions and what sorts by them', async () => {
    const error = await trial.refusal(pair(), ['add-follower', 'db2']);
    const [old] = (await leader.ok('getconf GNU_LIBC_VERSION')).split('\n');
    const [young] = (await follower.ok('getconf GNU_LIBC_VERSION')).split('\n');
    expect(old).not.toBe(young);
    expect(error).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('COLLATION_DIFFERS', 'db2', young!, 'db1', old!, 'shop (en_US.UTF-8)'),
      hint: saying('--allow COLLATION_DIFFERS'),
    });
  });

  test('are no hindrance to who knows better', async () => {
    expect(await trial.findings(pair(), ['--allow', 'COLLATION_DIFFERS'])).toMatchObject({
      COLLATION_DIFFERS: { severity: 'warning' },
    });
  });

  test('are told apart where only one index of one database sorts by them', async () => {
    // As an operator who knew would have it: everything compares bytes, but for one index.
    const own = '/var/lib/postgresql/15/bytes';
    const { binDirectory } = leader.postgres;
    await leader.ok(
      `${binDirectory}/initdb -D ${own} --locale C.UTF-8 --auth-local peer --auth-host scram-sha-256 >/dev/null
      ${binDirectory}/pg_ctl -D ${own} -l /tmp/bytes.log -w -o '-p 5440 -k /var/run/postgresql -c listen_addresses=*' start >/dev/null
      export PGPORT=5440; createdb bytes; createdb shop
      psql -qd shop -c 'CREATE TABLE names (name text COLLATE "en_US"); CREATE TABLE codes (code text PRIMARY KEY)'`,
      { user: 'postgres' },
    );
    const at = { nodes: { ...pair().nodes, db1: { host: leader.address, database: { dataDir: own, port: 5440 } } } };
    expect(await trial.findings(at)).not.toHaveProperty('COLLATION_DIFFERS');
    await leader.ok(`psql -p 5440 -qd shop -c 'CREATE INDEX ON names (name)'`, { user: 'postgres' });
    expect(await trial.findings(at)).toMatchObject({
      COLLATION_DIFFERS: { severity: 'error', node: 'db2', message: saying('collation en_US in database shop') },
    });
  });
});
