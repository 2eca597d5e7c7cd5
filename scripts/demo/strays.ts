import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Processes that name the directory on their command line: servers, copies that an interrupt left running, their guards. */
const processesOf = async (directory: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
      return line.includes(directory) ? [pid] : [];
    }),
  );
  return found.flat();
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};

interface Strays {
  /** Made for this demo under a name that nothing else has. */
  readonly directory: string;
  /** Ends the server in a data directory by its own means. */
  readonly stop: (dataDir: string) => Promise<void>;
}

/** Ends every process that works in the directory. The servers first and by their own means: they end their children. */
export const endStrays = async ({ directory, stop }: Strays): Promise<void> => {
  for (const name of ['follower', 'leader']) await stop(join(directory, name));
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const pids = await processesOf(directory);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    await delay(100);
  }
  throw new Error(`Processes that work in ${directory} do not end: ${(await processesOf(directory)).join(' ')}`);
};
