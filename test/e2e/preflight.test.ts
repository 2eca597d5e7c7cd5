import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckResult } from '../../src/procedures/contract.ts';
import { saying } from '../contract/fixtures/saying.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { describeInLab } from './support/in-lab.ts';
import { createTrial, stateOf } from './support/trial.ts';

/** Two machines on which everything is right, but for what each test makes wrong and puts right again. */
describeInLab('what the preflight finds', () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;
  let trial: ReturnType<typeof createTrial>;
  const sql = (...statements: readonly string[]) => leader.postgres.sql(statements.join(';\n'));
  const pair = (database = {}) => ({
    nodes: {
      db1: { host: leader.address },
      db2: { host: follower.address, follows: 'db1', database },
    },
  });
  const found = (argv: readonly string[] = [], database = {}) => trial.findings(pair(database), argv);
  const hba = () => `${leader.postgres.configDirectory}/pg_hba.conf`;
  /** Walsenders that somebody else keeps, on the machine itself. */
  const receive = async (machine: Machine, count: number) => {
    await machine.ok(
      `for n in $(seq ${count}); do install -d -o postgres /tmp/wal$n; systemd-run -q --uid postgres --unit receive$n ${machine.postgres.binDirectory}/pg_receivewal -D /tmp/wal$n; done`,
    );
    const senders = () => machine.postgres.sql(`SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'`);
    await expect.poll(senders, { timeout: 20_000 }).toBe(String(count));
  };
  const stopReceiving = async (machine: Machine, count: number) => {
    await machine.ok(`for n in $(seq ${count}); do systemctl stop receive$n; done`);
    const senders = () => machine.postgres.sql('SELECT count(*) FROM pg_stat_replication');
    await expect.poll(senders, { timeout: 20_000 }).toBe('0');
  };

  beforeAll(async () => {
    lab = await createLab({ name: 'preflight' });
    [leader, follower] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*', max_wal_senders: 4, max_replication_slots: 2 } },
      { name: 'follower' },
    ]);
    trial = createTrial(lab, [leader, follower]);
  });
  afterAll(() => lab?.destroy());

  test('nothing, where nothing is wrong', async () => {
    const before = await Promise.all([leader, follower].map(stateOf));
    const { json, exitCode } = await trial.give(pair(), ['check', 'db2']);
    expect(exitCode).toBe(0);
    expect((json.result as unknown as CheckResult).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await Promise.all([leader, follower].map(stateOf))).toEqual(before);
  });

  test('walsenders that are all in use, though enough are configured', async () => {
    await receive(leader, 3);
    expect(await trial.refusal(pair(), ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      code: 'PREFLIGHT_REFUSED',
      node: 'db1',
      message: saying('NO_FREE_WALSENDER', 'db1', '1 free of 4', '2 are needed'),
      hint: saying('max_wal_senders', 'pg_stat_replication'),
    });
    await stopReceiving(leader, 3);
  });

  test('slots that are all taken, and which of them nobody uses', async () => {
    await sql("SELECT pg_create_physical_replication_slot('one')", "SELECT pg_create_physical_replication_slot('two')");
    expect(await trial.refusal(pair(), ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db1',
      message: saying('NO_FREE_SLOT', 'db1', '2 of 2', 'one, two not in use'),
      hint: saying('Drop a slot', 'max_replication_slots'),
    });
    await sql("SELECT pg_drop_replication_slot('one')", "SELECT pg_drop_replication_slot('two')");
  });

  test('a node that feeds followers of its own, with --replace too', async () => {
    await receive(follower, 1);
    expect(await trial.refusal(pair(), ['add-follower', 'db2', '--replace'])).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('FEEDS_FOLLOWERS', 'db2', 'pg_receivewal'),
      hint: saying('remove-follower'),
    });
    await stopReceiving(follower, 1);
  });

  test('a pg_hba.conf that the server would not load', async () => {
    await leader.ok(`echo 'hots all all 10.0.0.0/8 md5' >>${hba()}`);
    const line = (await leader.ok(`wc -l <${hba()}`)).trim();
    expect(await found()).toMatchObject({
      HBA_INVALID: { severity: 'error', node: 'db1', message: saying(hba(), 'db1', `line ${line}`, 'hots') },
    });
    await leader.ok(`sed -i '/^hots/d' ${hba()}`);
  });

  test('an edit of pg_hba.conf that nobody loaded, unless it is allowed', async () => {
    await leader.ok(`sleep 1; echo '# an edit' >>${hba()}`);
    const error = await trial.refusal(pair(), ['add-follower', 'db2']);
    expect(error).toMatchObject({
      exitCode: 3,
      node: 'db1',
      message: saying('HBA_UNLOADED', hba(), 'db1'),
      hint: saying('pg_reload_conf()'),
    });
    expect(await found(['--allow', 'HBA_UNLOADED'])).toMatchObject({ HBA_UNLOADED: { severity: 'warning' } });
    await leader.ok(`sed -i '/^# an edit/d' ${hba()}`);
    await leader.postgres.reload();
  });

  test('a role of that name that is somebody else’s', async () => {
    await sql('CREATE ROLE replctl_db2 LOGIN');
    expect(await trial.refusal(pair(), ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db1',
      message: saying('ROLE_TAKEN', 'replctl_db2', 'db1', 'empty'),
      hint: saying('COMMENT ON ROLE "replctl_db2"'),
    });
    await sql('DROP ROLE replctl_db2');
  });

  test('TLS that is asked for and off, and rows that would cross the network in clear', async () => {
    const was = await sql('SHOW ssl');
    await sql('ALTER SYSTEM SET ssl = off', 'SELECT pg_reload_conf()');
    await expect.poll(() => sql('SHOW ssl')).toBe('off');
    expect(await found([], { tls: 'require' })).toMatchObject({
      TLS_OFF: { severity: 'error', node: 'db1', message: saying('require', 'db2', 'ssl is off on db1') },
    });
    expect(await found()).toMatchObject({
      CLEAR_TEXT: { severity: 'warning', node: 'db1', message: saying('db1', 'db2', 'in clear') },
    });
    await sql('ALTER SYSTEM RESET ssl', 'SELECT pg_reload_conf()');
    await expect.poll(() => sql('SHOW ssl')).toBe(was);
  });

  test('a synchronous standby that is not there, and a slot that may lose its log', async () => {
    await sql(
      "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (db9)'",
      "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'",
      'SELECT pg_reload_conf()',
    );
    await expect.poll(() => sql('SHOW synchronous_standby_names')).toBe('FIRST 1 (db9)');
    expect(await found()).toMatchObject({
      SYNCHRONOUS_STANDBY_MISSING: { severity: 'warning', node: 'db1', message: saying('FIRST 1 (db9)') },
      SLOT_KEEP_SIZE: { severity: 'warning', node: 'db1', message: saying('1 MB') },
    });
    await sql(
      'ALTER SYSTEM RESET synchronous_standby_names',
      'ALTER SYSTEM RESET max_slot_wal_keep_size',
      'SELECT pg_reload_conf()',
    );
  });

  test('a tablespace that has no place on the follower, and one that is mapped to another', async () => {
    await leader.ok('install -d -o postgres -m 700 /srv/fast; ');
    await sql("CREATE TABLESPACE fast LOCATION '/srv/fast'");
    expect(await trial.refusal(pair(), ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('TABLESPACE_PLACE', '/srv/fast', 'db2', 'does not exist', 'postgres'),
      hint: saying("install -d -o postgres -m 700 '/srv/fast'", 'database.tablespaces'),
    });
    await follower.ok('install -d -o root -m 755 /srv/roots');
    const mapped = { tablespaces: { '/srv/fast': '/srv/roots' } };
    expect(await found([], mapped)).toMatchObject({
      TABLESPACE_PLACE: { message: saying('/srv/roots', 'cannot be written') },
    });
    await sql('DROP TABLESPACE fast');
  });

  test('max_connections that is lower: a warning where it stands in a file, a refusal where on the command line', async () => {
    await sql('ALTER SYSTEM SET max_connections = 150');
    await leader.postgres.restart();
    expect(await found()).toMatchObject({
      SETTING_RAISED: {
        severity: 'warning',
        node: 'db2',
        message: saying('max_connections', '100', 'db2', '150', 'db1'),
        hint: saying('max_connections = 150', 'postgresql.auto.conf'),
      },
    });
    const options = `${follower.postgres.configDirectory}/pg_ctl.conf`;
    await follower.ok(`cp ${options} /tmp/was; echo "pg_ctl_options = '-o-cmax_connections=50'" >${options}`);
    await follower.postgres.restart();
    expect(await follower.postgres.sql('SHOW max_connections')).toBe('50');
    expect(await trial.refusal(pair(), ['add-follower', 'db2'])).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('SETTING_TOO_LOW', 'max_connections', '50', '150', 'command line'),
      hint: saying(options),
    });
    await follower.ok(`cp /tmp/was ${options}`);
    await follower.postgres.restart();
  });

  test('a server program that is missing', async () => {
    const tool = `${follower.postgres.binDirectory}/pg_verifybackup`;
    await follower.ok(`mv ${tool} /tmp/tool`);
    expect(await found()).toMatchObject({
      TOOLS_MISSING: { node: 'db2', message: saying('pg_verifybackup', 'db2'), hint: saying('postgresql-client-17') },
    });
    await follower.ok(`mv /tmp/tool ${tool}`);
  });

  test('a login that may not start the server: what the hint says, done as it says, is enough', async () => {
    const limited = { ...pair(), ssh: { user: 'nosudo' } };
    for (const machine of [leader, follower])
      await machine.ok(`echo 'nosudo ALL=(postgres) NOPASSWD: ALL' >/etc/sudoers.d/limited`);
    const error = await trial.refusal(limited, ['add-follower', 'db2']);
    expect(error).toMatchObject({
      exitCode: 3,
      node: 'db2',
      message: saying('NO_SUDO', 'nosudo', follower.postgres.unit, 'db2'),
    });
    const [, ...fragment] = error.hint.split(/\n| ⏎ /);
    await follower.ok(
      'cat >/tmp/replctl; visudo -cf /tmp/replctl && install -m 0440 /tmp/replctl /etc/sudoers.d/replctl',
      {
        input: `${fragment.join('\n')}\n`,
      },
    );
    const { exitCode } = await trial.give(limited, ['check', 'db2']);
    expect(exitCode).toBe(0);
    for (const machine of [leader, follower]) await machine.ok('rm -f /etc/sudoers.d/limited /etc/sudoers.d/replctl');
  });

  test('a data directory that only a running server knows of', async () => {
    const bin = follower.postgres.binDirectory;
    await follower.postgres.stop();
    await follower.ok(
      `${bin}/initdb -D /var/lib/postgresql/plain >/dev/null; ${bin}/pg_ctl -D /var/lib/postgresql/plain -l /tmp/plain.log -w -o '-p 5444 -k /tmp -c listen_addresses=' start >/dev/null`,
      { user: 'postgres' },
    );
    expect(await found([], { port: 5444 })).toMatchObject({
      DATA_DIR_UNNAMED: {
        node: 'db2',
        message: saying('/var/lib/postgresql/plain'),
        hint: saying('dataDir: /var/lib/postgresql/plain'),
      },
    });
    await follower.ok(`${bin}/pg_ctl -D /var/lib/postgresql/plain stop >/dev/null; rm -r /var/lib/postgresql/plain`, {
      user: 'postgres',
    });
    await follower.postgres.start();
  });

  test('all that is wrong at once, each on lines of its own for a person', async () => {
    await sql('CREATE ROLE replctl_db2 LOGIN', 'ALTER SYSTEM SET ssl = off', 'SELECT pg_reload_conf()');
    await follower.postgres.sql('CREATE ROLE somebody');
    const error = await trial.refusal(pair({ tls: 'require' }), ['add-follower', 'db2']);
    expect(error.details.findings?.map(({ code }) => code)).toEqual(['DATA_PRESENT', 'ROLE_TAKEN', 'TLS_OFF']);
    expect(error.message).toMatch(/and 2 more: ROLE_TAKEN, TLS_OFF/);
    await sql('DROP ROLE replctl_db2', 'ALTER SYSTEM RESET ssl', 'SELECT pg_reload_conf()');
    await follower.postgres.sql('DROP ROLE somebody');
  });
});
