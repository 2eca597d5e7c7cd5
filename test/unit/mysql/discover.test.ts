import { expect, test } from 'vitest';
import { discover } from '../../../src/adapters/mysql/discover.ts';
import { fragmentPath } from '../../../src/adapters/mysql/fragment.ts';
import type { Layout } from '../../../src/adapters/mysql/layout.ts';
import type { DatabaseAccess } from '../../../src/adapters/adapter.ts';
import { nodesOf } from '../adapters/cast-nodes.ts';
import { castOf } from './facts.ts';

/** What a machine answers, and what comes of it. */
const layoutOf = async (lines: readonly string[], database: Partial<DatabaseAccess> = {}): Promise<Layout> => {
  const node = nodesOf(castOf(), database).follower;
  const stdout = ['binary\tmariadb\t11.8.9\t/usr/sbin/mariadbd\t/usr/bin', ...lines, ''].join('\n');
  const run = async () => ({ exitCode: 0, stdout, stderr: '', stdoutBytes: Buffer.from(stdout) });
  const { layout } = await discover({ ...node, host: { ...node.host, run } }, new AbortController().signal);
  return layout!;
};

const usual = 'fragments\t/etc/mysql/mariadb.conf.d';

test('the package’s server is where its option files say', async () => {
  const layout = await layoutOf(['unit\tmariadb.service', 'default\tdatadir\t/srv/db/', 'default\tport\t3310', usual]);
  expect(layout).toMatchObject({ control: 'systemd', unit: 'mariadb.service', dataDir: '/srv/db', port: 3310 });
  expect(layout.groupSuffix).toBeUndefined();
  expect(fragmentPath(layout)).toBe('/etc/mysql/mariadb.conf.d/zz-replctl.cnf');
});

test('one of several servers has groups and an option file of its own', async () => {
  const layout = await layoutOf(['unit\tmariadb@two', 'suffix\t.two', 'default\tdatadir\t/var/lib/mysql-two', usual]);
  expect(layout).toMatchObject({ unit: 'mariadb@two.service', groupSuffix: '.two', dataDir: '/var/lib/mysql-two' });
  expect(fragmentPath(layout)).toBe('/etc/mysql/mariadb.conf.d/zz-replctl.two.cnf');
});

test('a unit that names one option file has a directory for ours where that file includes one', async () => {
  const alone = await layoutOf(['unit\torders.service', 'only\t/etc/orders.cnf']);
  expect(alone).toMatchObject({ control: 'systemd', defaultsFile: '/etc/orders.cnf' });
  expect(alone.fragmentDir).toBeUndefined();
  const including = await layoutOf(['unit\torders.service', 'only\t/etc/orders.cnf', 'fragments\t/etc/orders.d']);
  expect(fragmentPath(including)).toBe('/etc/orders.d/zz-replctl.cnf');
});

test('a data directory that is named beside a unit is the unit’s; without one it is of somebody’s own making', async () => {
  const lines = ['unit\tmariadb.service', 'default\tdatadir\t/var/lib/mysql', 'wanted-dir\t/srv/db', usual];
  const dataDir = '/srv/db';
  expect(await layoutOf(lines, { dataDir, service: 'mariadb' })).toMatchObject({ control: 'systemd', dataDir });
  expect(await layoutOf(lines, { dataDir })).toMatchObject({ control: 'direct', dataDir });
});
