import { dirname } from 'node:path';
import type { BootPlan } from './boot-script.ts';
import { quote } from './shell.ts';

export const packageDataDirectory = '/var/lib/mysql';

/** As the package's own configuration reads it, last. */
export const mysqlConfigDirectory = {
  mysql: '/etc/mysql/mysql.conf.d',
  mariadb: '/etc/mysql/mariadb.conf.d',
} as const;

const mountPoint = ({ dataDirectory }: BootPlan): string =>
  dataDirectory === undefined ? packageDataDirectory : dirname(dataDirectory);

/** The data lies on a plain folder of this box: what is mounted is the data directory, or its parent where it has a place of its own. */
export function bindMysql(plan: BootPlan, at: (...parts: string[]) => string, root: string): string[] {
  const point = `${root}${quote(mountPoint(plan))}`;
  return [
    `mkdir -p ${point}`,
    `chown --reference=${root}${packageDataDirectory} ${at('data')} && chmod 755 ${at('data')}`,
    `mount --bind ${at('data')} ${point}`,
  ];
}

const settingsFile = ({ settings, dataDirectory }: BootPlan): string => {
  const all = { ...(dataDirectory === undefined ? {} : { datadir: dataDirectory }), ...settings };
  return ['[mysqld]', ...Object.entries(all).map(([name, value]) => `${name} = ${String(value)}`), ''].join('\n');
};

/** Once: the data as the package made it, with a server_uuid of the machine's own (a server without auto.cnf makes one). */
export function prepareMysql(plan: BootPlan, root: string): string[] {
  const { recipe, cluster, dataDirectory = packageDataDirectory } = plan;
  const directory = mysqlConfigDirectory[recipe.mysql ?? 'mysql'];
  const data = `${root}${quote(dataDirectory)}`;
  return [
    `printf %s ${quote(settingsFile(plan))} >${root}${directory}/yy-lab.cnf`,
    ...(cluster
      ? [
          `mkdir -p ${data}`,
          `cp -a --reflink=auto ${root}/usr/local/lib/lab/mysql/. ${data}/`,
          `chown --reference=${root}${packageDataDirectory} ${data}`,
        ]
      : []),
  ];
}
