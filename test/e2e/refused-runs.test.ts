import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult } from '../../src/procedures/contract.ts';
import type { RunEvent } from '../../src/workflow/events.ts';
import { saying } from '../contract/fixtures/saying.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeInLab } from './support/in-lab.ts';
import { createReplctl, expectExit, type Replctl, type Running } from './support/replctl.ts';
import { mainServer } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { leftOnFollower, leftOnUpstream } from './support/traces.ts';
import { createTrial } from './support/trial.ts';

/** Clears the screen, sets the window's title, forges lines of ours and of a CI system. */
const hostile = String.raw`x\x1b[2J\x1b]0;owned\x07\nError: forged\n::error::forged\r##[error]forged`;

describeInLab('runs that are refused, and servers that lie', () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;
  let third: Machine;
  let trial: ReturnType<typeof createTrial>;
  let fleet: string;
  let here: Replctl;
  let elsewhere: Replctl;
  let first: Running;
  let run: string;
  const nodes = () => ({
    db1: { host: leader.address },
    db2: { host: follower.address, follows: 'db1' },
    db3: { host: third.address, follows: 'db1' },
  });
  const slowly = ['add-follower', 'db2', '--rate', '1MB/s'];
  const inTheCopy = (event: RunEvent) =>
    event.event === 'step-progress' && event.step === 'transfer.copy' && (event.bytes ?? 0) > 0;

  beforeAll(async () => {
    lab = await createLab({ name: 'refused-runs' });
    [leader, follower, third] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*', max_connections: 120 } },
      { name: 'follower' },
      { name: 'third' },
    ]);
    trial = createTrial(lab, [leader, follower, third]);
    fleet = await writeFleet(lab, { nodes: nodes() });
    here = createReplctl({ fleet, directory: lab.directory });
    elsewhere = createReplctl({ fleet, directory: lab.directory });
  });
  afterAll(() => lab?.destroy());

  test('what servers say reaches the screen without a control character or a line of its own', async () => {
    await third.postgres.sql(`SELECT format('CREATE DATABASE %I', E'${hostile}') \\gexec`);
    await leader.postgres.sql(`CREATE ROLE replctl_db3; COMMENT ON ROLE replctl_db3 IS E'${hostile}'`);
    await leader.ok(`printf 'hots\\033[31m all all all md5\\n' >>${leader.postgres.configDirectory}/pg_hba.conf`);
    const said: string[] = [];
    for (const argv of [
      ['check', 'db3'],
      ['add-follower', 'db3'],
      ['check', 'db3', '--json'],
    ]) {
      const { stdout, stderr, exitCode } = await trial.screen({ nodes: nodes() }, argv);
      expect(exitCode).toBe(3);
      said.push(stdout + stderr);
    }
    for (const text of said) {
      expect(text).toContain('forged');
      expect(text).toContain('DATA_PRESENT');
      expect(text).toContain('ROLE_TAKEN');
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(text).not.toMatch(/^\s*(Error: forged|::error|##\[error)/m);
    }
    await leader.ok(`sed -i '/^hots/d' ${leader.postgres.configDirectory}/pg_hba.conf`);
    await leader.postgres.reload();
    await leader.postgres.sql('DROP ROLE replctl_db3');
  });

  test('where a follower says that it follows reaches the screen so, too', async () => {
    await third.postgres.sql(
      `SELECT format('ALTER SYSTEM SET primary_conninfo = %L', E'host=evil\\x1b[31m\\x07 port=5432') \\gexec`,
    );
    await third.postgres.stop();
    await third.ok(`install -o postgres /dev/null ${third.postgres.dataDirectory}/standby.signal`);
    await third.postgres.start();
    for (const argv of [['status'], ['status', '--json']]) {
      const { stdout, stderr, exitCode } = await trial.screen({ nodes: nodes() }, argv);
      expect(exitCode).toBe(8);
      expect(stdout).toContain('evil');
      // oxlint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
    await third.ok(`rm ${third.postgres.dataDirectory}/standby.signal`);
    await third.postgres.restart();
    await third.postgres.sql('ALTER SYSTEM RESET primary_conninfo');
    await third.postgres.sql(`SELECT format('DROP DATABASE %I', E'${hostile}') \\gexec`);
  });

  test('a second run on the same follower waits for nobody: exit 6, from here and from elsewhere', async () => {
    first = here.start(slowly);
    await first.event(inTheCopy);
    for (const replctl of [here, elsewhere]) {
      const second = await replctl.run(slowly);
      expectExit(second, 6);
      expect(second.json).toMatchObject({
        ok: false,
        error: {
          code: 'LEASE_HELD',
          node: 'db2',
          retryable: true,
          message: saying('db2', String(first.pid)),
          hint: saying('Wait'),
        },
      });
    }
  });

  test('an unfinished run with other inputs: exit 2 with the difference, from here and from elsewhere', async () => {
    const whileItRuns = await elsewhere.run(['add-follower', 'db2']);
    expectExit(whileItRuns, 2);
    expect(whileItRuns.json).toMatchObject({
      error: { code: 'RUN_DIFFERS', message: saying('--rate was 1000000 and is now not given') },
    });
    first.kill('SIGINT');
    const interrupted = await first.ended;
    expectExit(interrupted, 130);
    run = interrupted.json.run!;
    for (const replctl of [here, elsewhere]) {
      const other = await replctl.run(['add-follower', 'db2', '--rate', '2MB/s', '--discard-old']);
      expectExit(other, 2);
      expect(other.json).toMatchObject({
        ok: false,
        error: {
          code: 'RUN_DIFFERS',
          node: 'db2',
          message: saying(
            run,
            'db2',
            '--rate was 1000000 and is now 2000000',
            '--discard-old was not given and is now given',
          ),
          hint: saying(`replctl resume ${run}`, `replctl abandon ${run}`),
        },
      });
    }
    expect(await follower.postgres.sql('SELECT pg_is_in_recovery()')).toBe('f');
  });

  test('abandoned, it leaves both machines as they were', async () => {
    await here.ok(['abandon', run, '--yes']);
    expect(await leftOnUpstream(leader, mainServer(leader))).toEqual({
      slots: [],
      roles: [],
      senders: 0,
      hbaBlocks: 0,
    });
    expect(await leftOnFollower(follower)).toMatchObject({ aside: [], staging: [], processes: [] });
    expect(await follower.postgres.sql('SELECT pg_is_in_recovery()')).toBe('f');
    const again = await here.run(['resume', run]);
    expectExit(again, 2);
    expect(again.json).toMatchObject({ error: { message: saying(run, 'abandoned') } });
  });

  test('a follower’s lower max_connections is mended, and said so', async () => {
    const added = await here.run(['add-follower', 'db2']);
    expectExit(added, 0);
    expect(added.json.warnings).toMatchObject([
      { code: 'SETTING_RAISED', node: 'db2', message: saying('max_connections', '100', '120') },
    ]);
    expect(await follower.postgres.sql('SHOW max_connections; SELECT pg_is_in_recovery()')).toBe('120\nt');
  });

  test('once more changes nothing, whatever else is asked for', async () => {
    const before = await leftOnUpstream(leader, mainServer(leader));
    const result = await elsewhere.ok<AddFollowerResult>(['add-follower', 'db2', '--replace']);
    expect(result).toMatchObject({ outcome: 'already', node: 'db2' });
    expect(await leftOnUpstream(leader, mainServer(leader))).toEqual(before);
  });

  test('a source on which replay is paused', async () => {
    await follower.postgres.sql('SELECT pg_wal_replay_pause()');
    expect(await trial.refusal({ nodes: nodes() }, ['add-follower', 'db3', '--copy-from', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('REPLAY_PAUSED', 'db2'),
      hint: saying('pg_wal_replay_resume()', '--copy-from'),
    });
    await follower.postgres.sql('SELECT pg_wal_replay_resume()');
  });

  test('a source whose leader writes no full pages', async () => {
    await leader.postgres.sql('ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf()');
    await expect.poll(() => leader.postgres.sql('SHOW full_page_writes')).toBe('off');
    expect(await trial.refusal({ nodes: nodes() }, ['add-follower', 'db3', '--copy-from', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db1',
      message: saying('FULL_PAGE_WRITES_OFF', 'db1'),
      hint: saying('--copy-from db1'),
    });
    await leader.postgres.sql('ALTER SYSTEM RESET full_page_writes; SELECT pg_reload_conf()');
  });

  test('a follower that is stopped, or follows somebody else, is never made anew silently', async () => {
    await follower.postgres.stop();
    expect(await trial.refusal({ nodes: nodes() }, ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db2',
      message: saying('db2', 'follower of this cluster', 'does not run'),
      hint: saying('--replace'),
    });
    // Made from one image: the machine id is the same, the machine is not.
    await follower.ok('cat >/etc/machine-id', { input: await leader.ok('cat /etc/machine-id') });
    expect(await trial.findings({ nodes: nodes() }, ['--replace'])).not.toHaveProperty('FOLLOWER_IS_UPSTREAM');
    await follower.postgres.start();
    const cascade = {
      db1: nodes().db1,
      db3: { host: third.address, follows: 'db1' },
      db2: { ...nodes().db2, follows: 'db3' },
    };
    expect(await trial.refusal({ nodes: cascade }, ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('db2', leader.address, 'db3'),
      hint: saying('follows'),
    });
  });
});
