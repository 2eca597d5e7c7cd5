import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabaseSection } from '../../src/fleet/schema.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import { leading } from '../lab/leading.ts';
import type { Machine } from '../lab/machine.ts';
import { describeWithEverything } from './support/extent.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { writeFleet } from './support/stage.ts';

const options = (directory: string, run: string): string => `datadir = ${directory}
port = 3307
bind_address = *
socket = ${run}/two.sock
pid_file = ${run}/two.pid
server_id = 7
log_bin = binlog`;

/** A second server beside the package's: by a unit of the package's own, or by one of somebody's making that names the one file that is read. */
const engines = {
  mariadb: {
    image: 'trixie-mariadb',
    service: 'mariadb@two',
    socket: '/run/mysqld/two.sock',
    methods: ['mariabackup', 'dump'],
    make: `cat >/etc/mysql/mariadb.conf.d/80-two.cnf <<'END'
[mysqld.two]
${options('/var/lib/mysql-two', '/run/mysqld')}
END
install -d -o mysql -g mysql /var/lib/mysql-two
systemctl start mariadb@two`,
    fragment: '/etc/mysql/mariadb.conf.d/zz-replctl.two.cnf',
  },
  mysql: {
    image: 'sid-mysql',
    service: 'mysql-two',
    socket: '/run/mysql-two/two.sock',
    methods: ['clone', 'dump'],
    make: `mkdir /etc/mysql/two.d
cat >/etc/mysql/two.cnf <<'END'
[mysqld]
${options('/srv/two data', '/run/mysql-two')}
mysqlx = OFF
gtid_mode = ON
enforce_gtid_consistency = ON
!includedir /etc/mysql/two.d/
END
cat >/etc/systemd/system/mysql-two.service <<'END'
[Service]
Type = notify
User = mysql
RuntimeDirectory = mysql-two
ExecStart = /usr/sbin/mysqld --defaults-file=/etc/mysql/two.cnf
END
install -d -o mysql -g mysql '/srv/two data'
setpriv --reuid mysql --regid mysql --clear-groups mysqld --defaults-file=/etc/mysql/two.cnf --initialize-insecure
systemctl daemon-reload
systemctl start mysql-two`,
    fragment: '/etc/mysql/two.d/zz-replctl.cnf',
  },
} as const;

const secondServers = (engine: keyof typeof engines): void => {
  const { image, service, socket, methods, make, fragment } = engines[engine];
  let lab: Lab;
  let machines: readonly Machine[];
  let replctl: Replctl;
  const fleetWith = async (fleet: string, follower: DatabaseSection): Promise<string> => {
    const [leader, other] = machines.map(({ address }) => address);
    const database = { service, port: 3307 };
    const nodes = {
      leader: { host: leader!, database },
      follower: { host: other!, follows: 'leader', database: follower },
    };
    return writeFleet(lab, { fleet, engine, nodes });
  };
  const onBoth = async (script: string): Promise<readonly string[]> =>
    Promise.all(machines.map(async (machine) => machine.ok(script)));
  beforeAll(async () => {
    lab = await createLab({ name: `instances-${engine}` });
    machines = await lab.bootAll([
      { name: 'leader', image },
      { name: 'follower', image },
    ]);
    await onBoth(make);
    await machines[0]!.ok(
      `${engine} -S ${socket} -e 'CREATE DATABASE app; CREATE TABLE app.t (id int PRIMARY KEY); INSERT INTO app.t VALUES (1)'`,
    );
    replctl = createReplctl({ fleet: await fleetWith('lab', { service, port: 3307 }), directory: lab.directory });
  });
  afterAll(() => lab?.destroy());

  test.each(methods)('by %s, and the servers beside them are left alone', async (method) => {
    const before = await onBoth('stat -c %i /var/lib/mysql/ibdata1');
    expectExit(await replctl.run(['add-follower', 'follower', '--method', method, '--replace', '--discard-old']), 0);
    expectExit(await replctl.run(['status']), 0);
    const [, follower] = machines;
    expect(await follower!.ok(`${engine} -S ${socket} -NBe 'SELECT * FROM app.t'`)).toBe('1\n');
    expect(await follower!.ok(`grep '^read_only' ${fragment}`)).toBe('read_only = ON\n');
    expect(await onBoth(`stat -c %i /var/lib/mysql/ibdata1; systemctl restart ${engine}`)).toEqual(before);
    expect(await follower!.mysql.sql('SELECT @@read_only')).toBe('0');
    await replctl.ok(['remove-follower', 'follower', '--yes']);
  });

  test('is refused where the option file of the one would be read by the other, or by nobody', async () => {
    const shared = { fleet: await fleetWith('shared', {}), directory: lab.directory };
    if (engine === 'mysql') await machines[1]!.ok("sed -i '/^!includedir/d' /etc/mysql/two.cnf");
    const asked = engine === 'mysql' ? replctl : createReplctl(shared);
    const refused = await asked.run(['add-follower', 'follower', '--replace']);
    expectExit(refused, 3);
    expect(refused.stdout).toContain(engine === 'mysql' ? 'OPTION_FILE_ALONE' : 'OPTIONS_SHARED');
  });
};

const hidden = (): void => {
  let lab: Lab;
  afterAll(() => lab?.destroy());

  test('the package’s is not taken for it', async () => {
    const { image, make, service } = engines.mysql;
    lab = await createLab({ name: 'instances-hidden' });
    const [leader, follower] = await lab.bootAll([
      { name: 'leader', image, settings: leading.mysql },
      { name: 'follower', image },
    ]);
    await follower.ok(`${make}\nchmod 600 /etc/mysql/two.cnf; chown mysql /etc/mysql/two.cnf`);
    const before = await follower.ok('stat -c %i /var/lib/mysql/ibdata1');
    const nodes = {
      leader: { host: leader.address },
      follower: { host: follower.address, follows: 'leader', database: { service } },
    };
    const fleet = await writeFleet(lab, { engine: 'mysql', nodes });
    const refused = await createReplctl({ fleet, directory: lab.directory }).run([
      'add-follower',
      'follower',
      '--replace',
    ]);
    expectExit(refused, 3);
    expect(refused.stdout).toContain('SERVER_OF_ANOTHER_UNIT');
    expect(await follower.ok('stat -c %i /var/lib/mysql/ibdata1')).toBe(before);
  });
};

describeWithEverything('a second MySQL whose option file others may not read', hidden);
describeWithEverything('the second MySQL of two machines', () => secondServers('mysql'));
describeWithEverything('the second MariaDB of two machines', () => secondServers('mariadb'));
