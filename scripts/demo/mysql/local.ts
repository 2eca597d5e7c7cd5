import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { command, must } from '../../../test/lab/command.ts';
import { poll } from '../../../src/workflow/waiting.ts';
import type { LeaderOptions, LocalEngine } from '../local-engine.ts';
import { mysqlEngine } from './engine.ts';

const optionFile = ({ directory, sockets, leaderPort }: LeaderOptions): string => `[mysqld]
datadir = ${directory}/leader
socket = ${sockets}/leader.sock
pid_file = ${directory}/leader.pid
log_error = ${directory}/leader.log
port = ${leaderPort}
bind_address = 127.0.0.1
server_id = 1
log_bin = binlog
innodb_buffer_pool_size = 256M
`;

/** A new server in `leader`: the OS user through the socket, everybody else by password. */
const startLeader = async (options: LeaderOptions): Promise<void> => {
  const { directory, sockets, binDir, env, screen, signal } = options;
  const file = join(directory, 'leader.cnf');
  await writeFile(file, optionFile(options));
  await mkdir(join(directory, 'leader'), { mode: 0o700 });
  const { username } = userInfo();
  const install = [
    'mariadb-install-db',
    `--defaults-file=${file}`,
    '--auth-root-authentication-method=socket',
    `--auth-root-socket-user=${username}`,
    '--skip-test-db',
  ];
  screen.typed(install);
  await must([join(binDir, 'mariadb-install-db'), ...install.slice(1)], { env, signal });
  screen.typed(['mariadbd', `--defaults-file=${file}`], ' &');
  await must(['setsid', '--fork', 'mariadbd', `--defaults-file=${file}`], {
    env: { ...env, PATH: `/usr/sbin:${binDir}:${env['PATH'] ?? ''}` },
    signal,
  });
  const clerk =
    "CREATE USER shop_clerk@localhost IDENTIFIED BY 'clerk'; GRANT INSERT, SELECT ON shop.* TO shop_clerk@localhost";
  const client = [join(binDir, 'mariadb'), '--no-defaults', `--socket=${sockets}/leader.sock`, '-e', clerk];
  const up = async () => (await command(client, { env, signal })).exitCode === 0 || undefined;
  await poll({ every: 100, timeout: 60_000, signal, what: 'the start of the leader' }, up);
};

export const localMariadb: LocalEngine = {
  engine: mysqlEngine('mariadb'),
  startLeader,
  fleetFile: ({ directory, sockets, leaderPort, followerPort }) => `fleet: demo
engine: mariadb
nodes:
  leader:
    transport: local
    database: { port: ${leaderPort}, dataDir: ${directory}/leader, socket: ${sockets}/leader.sock }
  follower:
    follows: leader
    transport: local
    database: { port: ${followerPort}, dataDir: ${directory}/follower, socket: ${sockets}/follower.sock }
`,
  reaching: ({ sockets }, node) => ({
    env: {},
    // Debian's option files name a socket, which counts for more than the environment.
    words: ['--no-defaults', `--socket=${sockets}/${node}.sock`],
  }),
  // It ends like every process of the demo: nothing of it is kept.
  stop: async () => undefined,
};
