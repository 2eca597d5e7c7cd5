import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { command } from '../../test/lab/command.ts';
import { environment } from './environment.ts';
import { freePorts } from './free-ports.ts';
import { startLeader } from './local-leader.ts';
import type { Server, Stage, StageOptions } from './stage.ts';
import { endStrays } from './strays.ts';
import { giveUpRoot } from './unprivileged.ts';

/** On disk, unlike /tmp on some machines; short, since the path of a socket may have 107 characters. */
const base = '/var/tmp';
const neededBytes = 2.5e9;

const requireSpace = async (): Promise<void> => {
  const { bavail, bsize } = await statfs(base);
  const free = bavail * bsize;
  if (free < neededBytes)
    throw new Error(`The demo needs ${neededBytes / 1e9} GB in ${base}, where ${(free / 1e9).toFixed(1)} GB are free.`);
};

interface Places {
  readonly directory: string;
  readonly sockets: string;
  readonly leaderPort: number;
  readonly followerPort: number;
}

const fleetFile = ({ directory, sockets, leaderPort, followerPort }: Places): string => `fleet: demo
engine: postgresql
database: { socket: ${sockets} }
nodes:
  leader:
    transport: local
    database: { port: ${leaderPort}, dataDir: ${directory}/leader }
  follower:
    follows: leader
    transport: local
    database: { port: ${followerPort}, dataDir: ${directory}/follower }
`;

/** Both servers on this machine, in a directory of their own, without root: nothing of what the machine has is touched. */
export const createLocalStage = async (binDir: string, { root, screen, signal }: StageOptions): Promise<Stage> => {
  await requireSpace();
  const directory = await mkdtemp(join(base, 'replctl-demo-'));
  const close = async (): Promise<void> => {
    process.chdir('/');
    await endStrays({ directory, binDir });
    await rm(directory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    const argv = giveUpRoot(root, directory);
    process.chdir(directory);
    const [leaderPort, followerPort] = await freePorts();
    const places = { directory, sockets: join(directory, 'sockets'), leaderPort, followerPort };
    await Promise.all([places.sockets, join(directory, 'home')].map((path) => mkdir(path, { mode: 0o700 })));
    const env = environment(directory);
    const server = (port: number): Server => ({
      run: async ([program = '', ...parameters], options) =>
        command([join(binDir, program), ...parameters], {
          ...options,
          env: { ...env, PGHOST: places.sockets, PGPORT: String(port) },
        }),
    });
    const leader = server(leaderPort);
    screen.heading(`A PostgreSQL leader on this machine, as ${userInfo().username}`);
    await startLeader({ ...places, binDir, env, screen, signal });
    await writeFile(join(directory, 'replctl.yaml'), fleetFile(places));
    return { leader, follower: server(followerPort), directory, replctl: { argv, env }, close };
  } catch (error) {
    await close();
    throw error;
  }
};
