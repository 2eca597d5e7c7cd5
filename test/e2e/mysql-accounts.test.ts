import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** A right to a routine is lost at the next start where the account's name is not ASCII: both servers do that to themselves (9.7, 11.8). */
const common = `SET NAMES utf8mb4; CREATE DATABASE app; CREATE DATABASE secret; CREATE TABLE app.t (id int PRIMARY KEY, name varchar(20)); CREATE FUNCTION app.one() RETURNS int DETERMINISTIC RETURN 1;
CREATE ROLE reader, chief; GRANT SELECT ON app.* TO reader; GRANT reader TO chief WITH ADMIN OPTION;
CREATE USER limited@'10.0.0.0/255.0.0.0' IDENTIFIED BY 'pw.1Aa1' REQUIRE SUBJECT '/CN=it''s' ISSUER '/CN=ca' WITH MAX_QUERIES_PER_HOUR 5 MAX_USER_CONNECTIONS 2;
CREATE USER expired@'%' IDENTIFIED BY 'pw.1Aa1' PASSWORD EXPIRE; CREATE USER aging@'::1' IDENTIFIED BY 'pw.1Aa1' PASSWORD EXPIRE INTERVAL 30 DAY;
CREATE USER 'o''brien\\\\x "y" ünd'@'%' IDENTIFIED BY 'pw.1Aa1'; GRANT SELECT (id), UPDATE (name) ON app.t TO 'o''brien\\\\x "y" ünd'@'%'; CREATE USER 'run''s \\\\ "x"'@'%'; GRANT EXECUTE ON FUNCTION app.one TO 'run''s \\\\ "x"'@'%' WITH GRANT OPTION;
CREATE USER ''@'nowhere.example'; CREATE USER boss@'%' IDENTIFIED BY 'pw.1Aa1'; GRANT chief TO boss@'%' WITH ADMIN OPTION; GRANT ALL PRIVILEGES ON *.* TO boss@'%' WITH GRANT OPTION;
CREATE USER \`back\`\`tick\`@'%' IDENTIFIED BY 'pw.1Aa1'; GRANT SELECT ON \`app\`.* TO \`back\`\`tick\`@'%'; GRANT SELECT ON \`wild\\_card%\`.* TO \`back\`\`tick\`@'%'`;

const own: Readonly<Record<Flavour, string>> = {
  mysql: `SET PERSIST partial_revokes = ON; SET PERSIST mandatory_roles = 'reader';
INSTALL PLUGIN mysql_no_login SONAME 'mysql_no_login.so';
CREATE USER partly@'%' IDENTIFIED BY 'pw.1Aa1'; GRANT SELECT, INSERT ON *.* TO partly@'%'; REVOKE INSERT ON secret.* FROM partly@'%';
CREATE USER twice@'%' IDENTIFIED BY 'old.1Aa1'; ALTER USER twice@'%' IDENTIFIED BY 'new.1Aa1' RETAIN CURRENT PASSWORD;
CREATE USER kept@'%' IDENTIFIED BY 'pw.1Aa1' PASSWORD HISTORY 5 PASSWORD REUSE INTERVAL 9 DAY PASSWORD REQUIRE CURRENT FAILED_LOGIN_ATTEMPTS 3 PASSWORD_LOCK_TIME 2 ATTRIBUTE '{"team": "it''s \\\\"ours\\\\""}';
CREATE USER noted@'%' IDENTIFIED BY 'pw.1Aa1' COMMENT 'a note; with \\\\ and ''quotes''';
CREATE USER nologin@'%' IDENTIFIED WITH mysql_no_login; GRANT PROXY ON nologin@'%' TO boss@'%' WITH GRANT OPTION;
GRANT BACKUP_ADMIN, CLONE_ADMIN ON *.* TO kept@'%' WITH GRANT OPTION;
ALTER USER boss@'%' DEFAULT ROLE chief; GRANT chief, reader TO twice@'%'; ALTER USER twice@'%' DEFAULT ROLE ALL`,
  mariadb: `SET DEFAULT ROLE chief FOR boss@'%'; CREATE USER socketed@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('pw.1Aa1');
CREATE USER modern@'%' IDENTIFIED VIA ed25519 USING PASSWORD('pw.1Aa1'); GRANT PROXY ON chief TO modern@'%'; GRANT BINLOG MONITOR ON *.* TO modern@'%'; GRANT SELECT ON app.* TO PUBLIC;
CREATE USER away@'%' IDENTIFIED BY 'pw.1Aa1' ACCOUNT LOCK`,
};

/** What no statement tells of an account of MySQL. */
const attributesOn = async ({ mysql }: Machine, flavour: Flavour): Promise<readonly string[]> => {
  if (flavour === 'mariadb') return [];
  const text =
    await mysql.sql(`SELECT CONCAT(User, '@', Host, ' ', COALESCE(User_attributes, ''), ' ', authentication_string, ' ', password_expired, account_locked)
    FROM mysql.user WHERE User NOT LIKE 'mysql.%' AND User NOT LIKE 'replctl%' ORDER BY User, Host`);
  return text.split('\n');
};

/** Both are good, for as long as the old one is kept. */
const secondPasswords: Readonly<Record<Flavour, readonly string[]>> = { mysql: ['old.1Aa1', 'new.1Aa1'], mariadb: [] };

const keepsAccounts = (flavour: Flavour, methods: readonly string[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`accounts-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    if (flavour === 'mariadb') await leader.mysql.sql("INSTALL SONAME 'auth_ed25519'");
    await leader.mysql.sql(`${common}; ${own[flavour]}`);
  });
  afterAll(() => fleet?.lab.destroy());

  test.each(methods)('are all there after a copy by %s', async (method) => {
    const added = await fleet.replctl.run([
      'add-follower',
      'follower',
      '--method',
      method,
      '--replace',
      '--discard-old',
    ]);
    expectExit(added, 0);
    await applied(leader, follower);
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
    expect(await attributesOn(follower, flavour)).toEqual(await attributesOn(leader, flavour));
    for (const password of secondPasswords[flavour])
      await follower.ok(['mysql', '-u', 'twice', `-p${password}`, '-h', '127.0.0.1', '-e', 'SELECT 1']);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('accounts of MySQL', () => keepsAccounts('mysql', ['dump', 'clone']));
describeWithEverything('accounts of MariaDB', () => keepsAccounts('mariadb', ['dump', 'mariabackup']));
