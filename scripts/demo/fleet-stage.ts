import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFleetFile } from '../../test/lab/fleet-file.ts';
import { createLab } from '../../test/lab/lab.ts';
import type { Machine } from '../../test/lab/machine.ts';
import { environment } from './environment.ts';
import type { Server, Stage, StageOptions } from './stage.ts';

const serverOf = (machine: Machine): Server => ({
  run: async ([program = '', ...parameters], options) =>
    machine.run([join(machine.postgres.binDirectory, program), ...parameters], { ...options, user: 'postgres' }),
});

/** Two Debian machines with PostgreSQL and sshd; replctl logs in as an ordinary user who has sudo. */
export const createFleetStage = async ({ root, screen, signal }: StageOptions): Promise<Stage> => {
  screen.heading('Two Debian machines, with PostgreSQL and sshd');
  const lab = await createLab({ name: 'demo', say: screen.say });
  // At a signal the lab has taken itself away already; once more does no harm.
  const close = async (): Promise<void> => lab.destroy();
  try {
    const booting = lab.bootAll([{ name: 'leader', settings: { listen_addresses: '*' } }, { name: 'follower' }]);
    const [leader, follower] = await screen.during('booting them:', booting);
    signal.throwIfAborted();
    for (const { name, address, image, postgres } of [leader, follower])
      screen.say(`${name.padEnd(8)}  ${address}  Debian ${image}, PostgreSQL ${postgres.version}`);
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
