import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { command } from '../../test/lab/command.ts';
import { environment } from './environment.ts';
import { freePorts } from './free-ports.ts';
import type { LocalEngine } from './local-engine.ts';
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

/** Both servers on this machine, in a directory of their own, without root: nothing of what the machine has is touched. */
export const createLocalStage = async (
  local: LocalEngine,
  binDir: string,
  { root, screen, signal }: StageOptions,
): Promise<Stage> => {
  await requireSpace();
  const directory = await mkdtemp(join(base, 'replctl-demo-'));
  const close = async (): Promise<void> => {
    process.chdir('/');
    await endStrays({ directory, stop: async (dataDir) => local.stop(binDir, dataDir) });
    await rm(directory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    const argv = giveUpRoot(root, directory);
    process.chdir(directory);
    const [leaderPort, followerPort] = await freePorts();
    const places = { directory, sockets: join(directory, 'sockets'), leaderPort, followerPort };
    await Promise.all([places.sockets, join(directory, 'home')].map((path) => mkdir(path, { mode: 0o700 })));
    const env = environment(directory);
    const server = (node: 'leader' | 'follower'): Server => {
      const reaching = local.reaching(places, node);
      return {
        run: async ([program = '', ...parameters], options) =>
          command([join(binDir, program), ...reaching.words, ...parameters], {
            ...options,
            env: { ...env, ...reaching.env },
          }),
      };
    };
    const leader = server('leader');
    screen.heading(`A ${local.engine.title} leader on this machine, as ${userInfo().username}`);
    await local.startLeader({ ...places, binDir, env, screen, signal });
    await writeFile(join(directory, 'replctl.yaml'), local.fleetFile(places));
    return { engine: local.engine, leader, follower: server('follower'), directory, replctl: { argv, env }, close };
  } catch (error) {
    await close();
    throw error;
  }
};
