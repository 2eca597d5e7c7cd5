import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import type { Flavour } from './support/mysql-ground.ts';
import { applied, startMysqlFleet, type MysqlFleet } from './support/mysql-pair.ts';
import { expectExit } from './support/replctl.ts';

const certificate = 'sha256sum /var/lib/mysql/server-cert.pem; stat -c "%a %U" /var/lib/mysql/server-key.pem';

/** Where an operator of MariaDB may keep a certificate: no server makes its own there. */
const ownCertificate = `cd /var/lib/mysql
echo certificate >server-cert.pem
install -o mysql -g mysql -m 600 server-cert.pem server-key.pem`;

/** As many guides have it: a second server must not find the first one's logs in the index, and a follower goes on after a restart. */
const logsElsewhere = (flavour: Flavour): string => `mkdir -p /var/log/mysql
chown mysql: /var/log/mysql
cat >/etc/mysql/${flavour}.conf.d/60-logs.cnf <<'END'
[mysqld]
server_id = 77
log_bin = /var/log/mysql/mysql-bin.log
log_bin_index = /var/log/mysql/mysql-bin.log.index
relay_log = /var/log/mysql/relay-bin
relay_log_index = /var/log/mysql/relay-bin.index
skip_${flavour === 'mysql' ? 'replica' : 'slave'}_start
END`;

/** Half of it would open the follower, or make it another's twin. */
const persisted = `SET PERSIST max_connections = 321; SET PERSIST_ONLY innodb_log_buffer_size = 33554432; SET PERSIST event_scheduler = ON; SET PERSIST super_read_only = OFF;
SET PERSIST read_only = OFF; SET PERSIST server_id = 1; SET PERSIST replica_parallel_workers = 2; SET PERSIST_ONLY skip_replica_start = OFF`;

/** The follower's own where they only say how it works; what the run says where they would open it. */
const answers: Readonly<Record<Flavour, Readonly<Record<string, string>>>> = {
  mysql: {
    'SELECT @@max_connections, @@innodb_log_buffer_size': '321\t33554432',
    'SELECT @@event_scheduler, @@super_read_only, @@read_only, @@server_id <> 1, @@skip_replica_start':
      'OFF\t1\t1\t1\t0',
  },
  mariadb: {},
};

/** Its indexes are sorted in files, since they are larger than any buffer; in `/tmp` there is no room for them. */
const wide = ['app.wide', "app.wide SELECT CONCAT(UUID(), REPEAT('x', 400)), REVERSE(UUID()) FROM app.wide"] as const;
const sorted = `CREATE TABLE ${wide[0]} (a varchar(600) CHARACTER SET latin1, b varchar(600) CHARACTER SET latin1, KEY (a), KEY (b)); INSERT INTO app.wide VALUES ('', '');
${`INSERT INTO ${wide[1]};`.repeat(17)}`;
const smallTmp = 'mount -t tmpfs -o size=2m,mode=1777 tmpfs /tmp';

const staysWithItsMachine = (flavour: Flavour, methods: readonly string[]): void => {
  let fleet: MysqlFleet;
  let leader: Machine;
  let follower: Machine;
  beforeAll(async () => {
    fleet = await startMysqlFleet(`machine-${flavour}`, flavour, { leader: {}, follower: { follows: 'leader' } });
    [leader, follower] = [fleet.machines['leader']!, fleet.machines['follower']!];
    if (flavour === 'mysql') await follower.mysql.sql(persisted);
    else await follower.ok(ownCertificate);
    await leader.mysql.sql(`CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY); ${sorted}`);
    await follower.ok(smallTmp);
    await follower.ok(logsElsewhere(flavour));
    await follower.mysql.restart();
  });
  afterAll(() => fleet?.lab.destroy());

  test.each(methods)('through a copy by %s', async (method) => {
    const before = await follower.ok(certificate);
    const added = await fleet.replctl.run(['add-follower', 'follower', '--method', method, '--replace']);
    expectExit(added, 0);
    expect(await follower.ok(certificate)).toBe(before);
    await follower.mysql.restart();
    await leader.mysql.sql('INSERT INTO app.t SELECT COALESCE(MAX(id), 0) + 1 FROM app.t');
    await applied(leader, follower);
    for (const [query, answer] of Object.entries(answers[flavour]))
      expect(await follower.mysql.sql(query)).toBe(answer);
    await fleet.replctl.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('what MySQL keeps in its data directory for its machine stays there', () =>
  staysWithItsMachine('mysql', ['clone', 'dump']),
);

describeWithEverything('what MariaDB keeps in its data directory for its machine stays there', () =>
  staysWithItsMachine('mariadb', ['mariabackup', 'dump']),
);
