import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare, replayed } from './support/compare.ts';
import { describeWithEverything } from './support/extent.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { sample } from './support/sample.ts';
import { mainServer } from './support/server.ts';
import { writeFleet } from './support/stage.ts';

/** What a new session of the administrator begins with, where somebody has set it for the whole server. */
const settings: Readonly<Record<string, string>> = {
  default_transaction_read_only: 'on',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  search_path: 'shadows, pg_catalog',
  standard_conforming_strings: 'off',
  backslash_quote: 'off',
  array_nulls: 'off',
  bytea_output: 'escape',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'iso_8601',
  TimeZone: 'Asia/Kathmandu',
  client_encoding: 'LATIN1',
  extra_float_digits: '-15',
  quote_all_identifiers: 'on',
  transform_null_equals: 'on',
  row_security: 'off',
  password_encryption: 'md5',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '1ms',
  transaction_timeout: '1ms',
  temp_file_limit: '0',
};

/** Found before the system's own, where the search path says so. */
const shadows = `CREATE SCHEMA shadows;
CREATE FUNCTION shadows.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT NULL::boolean';
CREATE FUNCTION shadows.pg_current_wal_lsn() RETURNS pg_lsn LANGUAGE sql AS 'SELECT ''0/1''::pg_lsn';
CREATE FUNCTION shadows.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''1999-01-01''::timestamptz';
CREATE VIEW shadows.pg_roles AS SELECT 'nobody'::name AS rolname WHERE false;
CREATE VIEW shadows.pg_settings AS SELECT 'nothing'::text AS name, 'none'::text AS setting;
CREATE VIEW shadows.pg_replication_slots AS SELECT 'none'::name AS slot_name WHERE false;
CREATE VIEW shadows.pg_stat_replication AS SELECT 'none'::name AS application_name WHERE false;`;

const spoil = async ({ postgres }: Machine): Promise<void> => {
  const statements = Object.entries(settings).map(
    ([name, value]) => `ALTER ROLE postgres SET ${name} = ${name === 'search_path' ? value : `'${value}'`};`,
  );
  await postgres.sql(statements.join('\n'));
};

/** By a session that these settings do not reach. */
const mend = async (machine: Machine): Promise<void> => {
  const argv = [
    'env',
    'PGOPTIONS=-c statement_timeout=0 -c transaction_timeout=0 -c idle_session_timeout=0',
    'psql',
    '-X',
  ];
  await machine.ok(
    [
      ...argv,
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      'SET default_transaction_read_only = off',
      '-c',
      'ALTER ROLE postgres RESET ALL',
    ],
    { user: 'postgres' },
  );
};

describeWithEverything('a PostgreSQL server without a database postgres', () => {
  let lab: Lab;
  afterAll(() => lab?.destroy());

  test('is followed as any other', async () => {
    lab = await createLab({ name: 'nameless' });
    const [leader, follower] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      { name: 'follower' },
    ]);
    const fleet = await writeFleet(lab, {
      nodes: { leader: { host: leader.address }, follower: { host: follower.address, follows: 'leader' } },
    });
    const replctl = createReplctl({ fleet, directory: lab.directory });
    for (const machine of [leader, follower])
      await machine.postgres.sql('DROP DATABASE postgres', { database: 'template1' });
    expectExit(await replctl.run(['add-follower', 'follower']), 0);
    const status = await replctl.run(['status']);
    expectExit(status, 0);
    expect(status.json.result).toMatchObject({ healthy: true });
    expectExit(await replctl.run(['remove-follower', 'follower', '--yes']), 0);
  });
});

describeWithEverything('a PostgreSQL server whose sessions begin strangely', () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;
  let replctl: Replctl;
  beforeAll(async () => {
    lab = await createLab({ name: 'strange' });
    [leader, follower] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      { name: 'follower' },
    ]);
    await mainServer(leader).sql(sample);
    const fleet = await writeFleet(lab, {
      nodes: { leader: { host: leader.address }, follower: { host: follower.address, follows: 'leader' } },
    });
    replctl = createReplctl({ fleet, directory: lab.directory });
    for (const machine of [leader, follower]) {
      await machine.postgres.sql(shadows);
      await spoil(machine);
    }
  });
  afterAll(() => lab?.destroy());

  test('gives a whole copy, and is told of as it is', async () => {
    expectExit(await replctl.run(['add-follower', 'follower', '--replace']), 0);
    const status = await replctl.run(['status']);
    expectExit(status, 0);
    expect(status.json.result).toMatchObject({
      healthy: true,
      nodes: [{ role: 'leader' }, { role: 'follower', state: 'streaming', readOnly: true }],
    });
    await mend(leader);
    await leader.postgres.sql("CREATE TABLE after AS SELECT 'later' AS what");
    await replayed(mainServer(leader), mainServer(follower));
    expect((await compare(mainServer(leader), mainServer(follower))).differences).toEqual([]);
  });

  test('lets a follower go', async () => {
    await spoil(leader);
    expectExit(await replctl.run(['remove-follower', 'follower', '--yes']), 0);
    await mend(leader);
    expect(await leader.postgres.sql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'replctl%'")).toBe('0');
  });
});
