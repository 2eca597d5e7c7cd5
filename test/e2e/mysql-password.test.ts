import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithEverything } from './support/extent.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { allText, filesWith, watchProcesses } from './support/secrets.ts';
import { writeFleet } from './support/stage.ts';

/** Every character that an option file, a shell or a statement would take for something else. */
const password = 'it\'s "d\\b" #a; $HOME ä 1A!';

const literal = `'${password.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** An administrator of another name; root is nobody's any more. */
const admit: Readonly<Record<Flavour, string>> = {
  mysql: "ALTER USER root@localhost IDENTIFIED WITH caching_sha2_password BY 'Unknown.1'",
  mariadb: "ALTER USER root@localhost IDENTIFIED BY 'Unknown.1'",
};
/** The copy's accounts are the leader's. */
const asDba = `--user=dba --password=${JSON.stringify(password).replaceAll('$', '\\$')}`;

const byPassword = (flavour: Flavour, method: 'clone' | 'dump'): void => {
  let fleet: MysqlFleet;
  let replctl: Replctl;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`password-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    const { lab, machines } = fleet;
    await machines['leader']!.mysql.sql('CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY)');
    for (const machine of lab.machines)
      await machine.mysql.sql(
        `CREATE USER dba@localhost IDENTIFIED BY ${literal}; GRANT ALL ON *.* TO dba@localhost WITH GRANT OPTION; ${admit[flavour]}`,
      );
    const file = join(lab.directory, 'password');
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    const [leader, follower] = lab.machines.map(({ address }) => ({ host: address }));
    replctl = createReplctl({
      directory: lab.directory,
      fleet: await writeFleet(lab, {
        fleet: 'passworded',
        engine: flavour,
        database: { adminUser: 'dba', adminPassword: { file } },
        nodes: { leader: leader!, follower: { ...follower!, follows: 'leader' } },
      }),
    });
  });
  afterAll(() => fleet?.lab.destroy());

  test(`${method} is taken, and the password is seen nowhere`, async () => {
    const { leader, follower } = fleet.machines;
    const watch = watchProcesses();
    const added = await replctl.run(['add-follower', 'follower', '--replace', '--log-level', 'debug']);
    const seen = await watch.words();
    watch.end();
    expectExit(added, 0);
    expect(added.json.result).toMatchObject({ method });
    expectExit(await replctl.run(['status']), 0);
    for (const text of [seen, allText(replctl.stateDir), added.stdout, added.stderr, JSON.stringify(added.events)])
      expect([text.length > 0, text.includes(password)]).toEqual([true, false]);
    for (const machine of [leader!, follower!]) expect(await filesWith(machine, password, ['/etc/mysql'])).toEqual([]);
    await leader!.ok(`${flavour} ${asDba} -e 'INSERT INTO app.t VALUES (1)'`);
    await expect
      .poll(async () => follower!.ok(`${flavour} ${asDba} -NBe 'SELECT * FROM app.t'`), { timeout: 10_000 })
      .toBe('1\n');
    await replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('a MySQL whose administrator has a password', () => byPassword('mysql', 'clone'));
describeWithEverything('a MariaDB whose administrator has a password', () => byPassword('mariadb', 'dump'));
