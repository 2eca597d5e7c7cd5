import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ownDirectory } from '../fleet/fleet-file.ts';

const dev = fileURLToPath(new URL('../../../bin/dev.js', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly directory?: string;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Another OS user, where these tests run as root. */
  readonly uid?: number;
}

/** Runs `replctl` from the sources, without a terminal, in an empty directory and with an empty home unless others are given. */
export const replctl = async (argv: readonly string[], surroundings: Surroundings = {}): Promise<Ended> => {
  const directory = surroundings.directory ?? (await ownDirectory());
  const child = spawn(process.execPath, [dev, ...argv], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, ...surroundings.environment },
    ...(surroundings.uid === undefined ? {} : { uid: surroundings.uid, gid: surroundings.uid }),
  });
  child.stdin.end(surroundings.stdin ?? '');
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
};
