import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFleetFile } from '../../test/lab/fleet-file.ts';
import { createLab } from '../../test/lab/lab.ts';
import type { Machine } from '../../test/lab/machine.ts';
import { environment } from './environment.ts';
import { mysqlEngine } from './mysql/engine.ts';
import { postgresql } from './postgresql/engine.ts';
import type { Server, Stage, StageOptions } from './stage.ts';

type EngineName = 'postgresql' | 'mysql' | 'mariadb';

/** What the machines are, and what a leader needs beyond its package's settings. */
const casts = {
  postgresql: { engine: postgresql, image: 'trixie', settings: { listen_addresses: '*' } },
  mysql: {
    engine: mysqlEngine('mysql'),
    image: 'sid-mysql',
    settings: { 'bind-address': '0.0.0.0', gtid_mode: 'ON', enforce_gtid_consistency: 'ON' },
  },
  mariadb: {
    engine: mysqlEngine('mariadb'),
    image: 'trixie-mariadb',
    settings: { 'bind-address': '0.0.0.0', server_id: 1, log_bin: 'binlog' },
  },
} as const;

const serverOf = (machine: Machine): Server => ({
  run: async ([program = '', ...parameters], options) =>
    machine.engine === 'postgresql'
      ? machine.run([join(machine.postgres.binDirectory, program), ...parameters], { ...options, user: 'postgres' })
      : machine.run([program, ...parameters], options),
});

/** MariaDB's `read_only` holds back everybody but administrators: the story's write is that of an account of its own. */
const makeClerk = async (leader: Machine): Promise<void> => {
  if (leader.engine !== 'mariadb') return;
  await leader.mysql.sql(
    "CREATE USER shop_clerk@localhost IDENTIFIED BY 'clerk'; GRANT INSERT, SELECT ON shop.* TO shop_clerk@localhost",
  );
};

const descriptionOf = async (machine: Machine): Promise<string> => {
  const debian = `Debian ${machine.image.replace(/-.*/, '')}`;
  if (machine.engine === 'postgresql') return `${debian}, PostgreSQL ${machine.postgres.version}`;
  const [version = ''] = (await machine.mysql.sql('SELECT VERSION()')).split('-');
  return `${debian}, ${machine.engine === 'mysql' ? 'MySQL' : 'MariaDB'} ${version}`;
};

/** Two Debian machines with the engine's server and sshd; replctl logs in as an ordinary user who has sudo. */
export const createFleetStage = async (name: EngineName, { root, screen, signal }: StageOptions): Promise<Stage> => {
  const { engine, image, settings } = casts[name];
  screen.heading(`Two Debian machines, with ${engine.title} and sshd`);
  const lab = await createLab({ name: 'demo', say: screen.say });
  // At a signal the lab has taken itself away already; once more does no harm.
  const close = async (): Promise<void> => lab.destroy();
  try {
    const booting = lab.bootAll([
      { name: 'leader', image, settings },
      { name: 'follower', image },
    ]);
    const [leader, follower] = await screen.during('booting them:', booting);
    signal.throwIfAborted();
    for (const machine of [leader, follower])
      screen.say(`${machine.name.padEnd(8)}  ${machine.address}  ${await descriptionOf(machine)}`);
    await makeClerk(leader);
    const fleet = await writeFleetFile(lab, {
      fleet: 'demo',
      follows: new Map([
        [leader, undefined],
        [follower, leader],
      ]),
    });
    const directory = join(lab.directory, 'home');
    await mkdir(directory, { mode: 0o700 });
    await copyFile(fleet, join(directory, 'replctl.yaml'));
    return {
      engine,
      leader: serverOf(leader),
      follower: serverOf(follower),
      directory,
      replctl: { argv: [process.execPath, join(root, 'bin', 'run.js')], env: environment(lab.directory) },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
