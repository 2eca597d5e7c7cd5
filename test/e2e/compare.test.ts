import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../lab/lab.ts';
import { compareOnce } from './support/compare.ts';
import { describeInLab } from './support/in-lab.ts';
import { sample } from './support/sample.ts';
import { mainServer, type Server } from './support/server.ts';

const second = `Büro "eins" 'zwei' 名`;
const odd = '"odd names".';

const planted = [
  ['one changed value', 'orders_2024_[01]', `UPDATE ${odd}orders SET amount = amount + 0.01 WHERE id = 77`],
  ['one byte of a blob', 'blobs', `UPDATE ${odd}blobs SET plain = set_byte(plain, 300000, 7) WHERE id = 3`],
  [
    'a row less',
    'audit',
    `TRUNCATE ${odd}audit; INSERT INTO ${odd}audit SELECT g, 'INSERT ' || g FROM generate_series(1, 799) g`,
  ],
  ['an empty text for NULL', 'every_null', `UPDATE ${odd}every_null SET text = '' WHERE id = 2`],
  ['a large object', 'pg_largeobject', `SELECT lo_put(424242, 100000, '\\x00')`],
].map(([what, where, statement]) => ({
  what,
  where: where!.replace(/^(?!pg_)/, odd),
  statement: statement!,
  database: 'postgres',
}));
planted.push(
  { what: 'a row twice', where: 'public.twice', statement: `INSERT INTO twice VALUES (1)`, database: second },
  {
    what: 'exchanged values',
    where: 'public.here',
    statement: `UPDATE here SET text = md5((11 - id)::text) WHERE id IN (5, 6)`,
    database: second,
  },
  { what: 'a table more', where: 'public.more', statement: 'CREATE TABLE more (id int)', database: second },
);

/** Two clusters that have nothing to do with each other, with the same rows: every difference below was planted. */
describeInLab('the comparison', () => {
  let lab: Lab;
  let here: Server;
  let there: Server;
  const differences = async () => (await compareOnce(here, there, { catalogs: false })).differences;

  beforeAll(async () => {
    lab = await createLab({ name: 'compare' });
    const machines = await lab.bootAll([
      { name: 'here', disk: 'memory' },
      { name: 'there', disk: 'memory' },
    ]);
    [here, there] = [mainServer(machines[0]), mainServer(machines[1])];
    await Promise.all([here.sql(sample), there.sql(sample)]);
  });
  afterAll(() => lab?.destroy());

  test('finds the same rows in two clusters that loaded the same', async () => {
    const comparison = await compareOnce(here, there, { catalogs: false });
    expect(comparison.differences).toEqual([]);
    expect(comparison).toMatchObject({ databases: 3, sequences: 4 });
    expect(comparison.tables).toBeGreaterThanOrEqual(14);
    expect(comparison.rows).toBeGreaterThan(7000);
  });

  test("tells two clusters apart by their servers' catalogs", async () => {
    await there.sql('CREATE ROLE somebody');
    expect((await compareOnce(here, there)).differences.join()).toContain('pg_authid');
    await there.sql('DROP ROLE somebody');
  });

  test('finds whatever was planted in one of them', async () => {
    for (const { statement, database } of planted) await there.sql(statement, { database });
    const found = await differences();
    const missed = planted.filter(
      ({ where, database }) => !found.some((text) => new RegExp(`^table ${where} in ${database} `).test(text)),
    );
    expect(missed.map(({ what }) => what)).toEqual([]);
    expect(found.length).toBe(planted.length);
  });

  test('finds a sequence that is behind, and lets one pass that is ahead', async () => {
    await there.sql(`SELECT setval('"odd names".counted', 1000)`);
    expect((await differences()).join()).not.toContain('counted');
    await there.sql(`SELECT setval('"odd names".counted', 5)`);
    expect((await differences()).join()).toContain('counted');
  });

  test('finds a database that is missing', async () => {
    await here.sql('CREATE DATABASE only_here');
    await here.sql('CREATE TABLE t AS SELECT 1', { database: 'only_here' });
    expect((await differences()).join()).toContain('only_here is not on the follower');
  });
});
