import { must } from '../../lab/command.ts';
import { createLab, type Lab } from '../../lab/lab.ts';
import { leading } from '../../lab/leading.ts';
import type { Machine } from '../../lab/machine.ts';
import type { Link } from '../options.ts';

export type Flavour = 'mysql' | 'mariadb';

export interface MysqlStage {
  readonly flavour: Flavour;
  readonly lab: Lab;
  readonly leader: Machine;
  readonly follower: Machine;
}

const images = { mysql: 'sid-mysql', mariadb: 'trixie-mariadb' } as const;
const buffers = { 'bind-address': '0.0.0.0', innodb_buffer_pool_size: '2G' };
/** The ways by hand set up no replication of their own; but their copies log what a follower's would. */
const following = {
  mysql: { ...buffers, gtid_mode: 'ON', enforce_gtid_consistency: 'ON', server_id: 7 },
  mariadb: { ...buffers, server_id: 7 },
} as const;

/** What the package made, beside the data directory. */
const pristine = '/var/tmp/pristine';

export const hand = { user: 'hand', password: 'hand.Aa1' } as const;

const admit: Readonly<Record<Flavour, string>> = {
  mysql: `INSTALL PLUGIN clone SONAME 'mysql_clone.so'; CREATE USER hand@'%' IDENTIFIED BY '${hand.password}'; GRANT ALL ON *.* TO hand@'%'`,
  mariadb: `CREATE USER hand@'%' IDENTIFIED BY '${hand.password}'; GRANT ALL ON *.* TO hand@'%'`,
};

/** The follower may fetch a backup by ssh without being asked: so do those who type it. */
const openWay = async (lab: Lab, leader: Machine, follower: Machine): Promise<void> => {
  const key = await follower.ok(
    'ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519 <<<y >/dev/null; cat /root/.ssh/id_ed25519.pub',
  );
  await leader.ok('mkdir -p -m 700 /root/.ssh; cat >>/root/.ssh/authorized_keys', { input: key });
  await follower.ok('cat >/root/.ssh/known_hosts', { input: `${leader.hostKey}\n` });
};

export const openMysqlStage = async (flavour: Flavour, say: (line: string) => void): Promise<MysqlStage> => {
  const lab = await createLab({ name: `bench-${flavour}`, say });
  try {
    const image = images[flavour];
    const [leader, follower] = await lab.bootAll([
      { name: 'leader', image, settings: { ...leading[flavour], ...buffers } },
      { name: 'follower', image, settings: following[flavour] },
    ]);
    await leader.mysql.sql(admit[flavour]);
    await follower.ok('mkdir -p -m 700 /root/.ssh');
    await openWay(lab, leader, follower);
    await follower.mysql.stop();
    await follower.ok(`cp -a /var/lib/mysql ${pristine}`);
    return { flavour, lab, leader, follower };
  } catch (error) {
    await lab.destroy();
    throw error;
  }
};

const tables = ['orders', 'items', 'events', 'people'];

/** Some hundred rows, doubled until there are `scale` thousand of each table, with two secondary indexes; about 1.6 GB at 1500. */
export const loadData = async ({ leader }: MysqlStage, scale: number): Promise<void> => {
  const fresh = 'FLOOR(RAND() * 1000000), LEFT(SHA2(RAND(), 256), 40), SHA2(RAND(), 384)';
  const doublings = Math.max(1, Math.ceil(Math.log2(scale)));
  const seed = Math.ceil((scale * 1000) / 2 ** doublings);
  const statements = tables.flatMap((table) => [
    `CREATE TABLE ${table} (id bigint AUTO_INCREMENT PRIMARY KEY, a int NOT NULL, b varchar(40) NOT NULL, c varchar(100) NOT NULL, KEY by_a (a), KEY by_b (b))`,
    `INSERT INTO ${table} (a, b, c) WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < ${seed}) SELECT ${fresh} FROM g`,
    ...Array.from({ length: doublings }, () => `INSERT INTO ${table} (a, b, c) SELECT ${fresh} FROM ${table}`),
  ]);
  const quick = 'SET SESSION sql_log_bin = 0, unique_checks = 0; SET GLOBAL innodb_flush_log_at_trx_commit = 0';
  await leader.mysql.sql(
    `${quick}; CREATE DATABASE bench; USE bench; ${statements.join(';\n')}; ANALYZE TABLE ${tables.join(', ')}; SET GLOBAL innodb_flush_log_at_trx_commit = 1`,
    { timeoutSeconds: 3600 },
  );
};

export const dataBytes = async ({ leader }: MysqlStage): Promise<number> =>
  Number(
    await leader.ok(
      "du -sb --exclude='binlog.*' --exclude='#innodb_redo' --exclude='ib_logfile*' /var/lib/mysql | cut -f1",
    ),
  );

/** What a run left on the leader goes; what is dirty there is written. */
const clearLeader = async ({ leader, flavour }: MysqlStage): Promise<void> => {
  const accounts = await leader.mysql.sql(
    "SELECT CONCAT('DROP USER ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.user WHERE User LIKE 'replctl%'",
  );
  if (accounts !== '') await leader.mysql.sql(accounts);
  await leader.mysql.sql(flavour === 'mysql' ? 'SET GLOBAL innodb_max_dirty_pages_pct = 0' : 'FLUSH TABLES');
};

/** Before each turn, untimed: the follower is its package's server, and runs. */
export const reset = async (stage: MysqlStage): Promise<void> => {
  const { follower } = stage;
  await follower.mysql.stop();
  await follower.ok(
    `rm -f /etc/mysql/*.conf.d/zz-replctl.cnf; rm -rf /var/lib/replctl*; find /var/lib/mysql -mindepth 1 -delete; cp -a ${pristine}/. /var/lib/mysql/`,
  );
  await clearLeader(stage);
  await follower.mysql.start();
  await must(['sync']);
};

export const limit = async ({ leader, follower }: MysqlStage, { rate }: Link): Promise<void> => {
  for (const machine of [leader, follower]) await (rate === undefined ? machine.fast() : machine.slow(rate));
};
