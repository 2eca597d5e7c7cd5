import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { compareMysql } from './support/mysql-compare.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

/** The package starts the server once as root, who then owns the file of keys. */
const keyring = `install -d -m 750 -o mysql -g mysql /var/lib/mysql-keyring
echo '{"components":"file://component_keyring_file"}' >/usr/sbin/mysqld.my
echo '{"path":"/var/lib/mysql-keyring/keys","read_only":false}' >/usr/lib/mysql/plugin/component_keyring_file.cnf
touch /var/lib/mysql-keyring/keys && chown mysql:mysql /var/lib/mysql-keyring/keys`;

const keyFile = `install -d -m 750 -g mysql /etc/mysql/encryption
echo '1;${'0123456789abcdef'.repeat(4)}' >/etc/mysql/encryption/keyfile
printf '[mariadb]\\nplugin_load_add=file_key_management\\nfile_key_management_filename=/etc/mysql/encryption/keyfile\\ninnodb_encrypt_log=ON\\n' >/etc/mysql/mariadb.conf.d/70-encryption.cnf`;

const giveKeys = async (machine: Machine, flavour: Flavour): Promise<void> => {
  await machine.ok(flavour === 'mysql' ? keyring : keyFile);
  await machine.mysql.restart();
};

const encrypted = { mysql: "ENCRYPTION = 'Y'", mariadb: 'ENCRYPTED = YES' } as const;

const withKeys = (flavour: Flavour, methods: readonly string[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`encryption-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    await giveKeys(leader, flavour);
    await leader.mysql.sql(
      `CREATE DATABASE app; CREATE TABLE app.secret (id int PRIMARY KEY, text varchar(200)) ${encrypted[flavour]}; INSERT INTO app.secret WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 900) SELECT i, SHA2(i, 512) FROM g`,
    );
  });
  afterAll(() => fleet?.lab.destroy());

  test('is refused while the follower has no keys', async () => {
    const refused = await fleet.replctl.run(['add-follower', 'follower']);
    expectExit(refused, 3);
    expect(refused.stdout).toMatch(/ENCRYPTED_DATA.*has no keys/s);
    await giveKeys(follower, flavour);
  });

  test.each(methods)('comes over by %s, and is there after a restart', async (method) => {
    const added = await fleet.replctl.run([
      'add-follower',
      'follower',
      '--method',
      method,
      '--replace',
      '--discard-old',
    ]);
    expectExit(added, 0);
    expect(added.json.result).toMatchObject({ method });
    expect(added.json.warnings.some(({ code }) => code === 'PAGES_UNCHECKED')).toBe(method === 'clone');
    await leader.mysql.sql("INSERT INTO app.secret SELECT MAX(id) + 1, 'more' FROM app.secret");
    await applied(leader, follower);
    await follower.mysql.restart();
    expect((await compareMysql(leader, follower)).differences).toEqual([]);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('encrypted data of MySQL', () => withKeys('mysql', ['clone', 'dump']));

describeWithEverything('encrypted data of MariaDB', () => {
  withKeys('mariadb', ['mariabackup']);
});
