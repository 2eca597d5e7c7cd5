import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../lab/command.ts';
import type { RunEvent } from '../../src/workflow/events.ts';

const root = join(import.meta.dirname, '..', '..');

export interface Measured {
  readonly seconds: number;
  /** VmHWM, as it was last seen; it never falls. */
  readonly peakBytes: number;
  /** User and system time of the process. */
  readonly cpuSeconds: number;
  /** Wall clock in milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly events: readonly RunEvent[];
}

export interface Replctl {
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  /** Throws with all that it said where it does not end with 0. */
  run(args: readonly string[]): Promise<Measured>;
}

/** Built like the package, but beside it: whoever builds here at the same time builds their own. */
export const buildReplctl = async (directory: string, fleet: string): Promise<Replctl> => {
  const home = mkdtempSync(join(directory, 'bench-'));
  const at = join(home, 'replctl');
  mkdirSync(at);
  await must([process.execPath, join(root, 'node_modules/.bin/tsc'), '-p', root, '--outDir', join(at, 'dist')]);
  for (const part of ['bin', 'templates', 'package.json', 'oclif.manifest.json'])
    cpSync(join(root, part), join(at, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'));
  const env = { ...process.env, HOME: home, REPLCTL_STATE_DIR: join(home, 'state'), REPLCTL_FLEET: fleet };
  let runs = 0;
  const bin = join(at, 'bin', 'run.js');
  return {
    bin,
    env,
    run: async (args) => {
      const events = join(home, `events-${++runs}.ndjson`);
      const takesEvents = args[0] === 'add-follower';
      return measure([bin, ...args, '--json', ...(takesEvents ? ['--events', events] : [])], env, () =>
        takesEvents ? readEvents(events) : [],
      );
    },
  };
};

const readEvents = (file: string): RunEvent[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);

const ticksPerSecond = 100;

/** Undefined where the process is gone. */
const look = (pid: number): { peakBytes: number; cpuSeconds: number } | undefined => {
  try {
    const peak = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    if (peak === undefined) return undefined;
    return { peakBytes: Number(peak) * 1024, cpuSeconds: (Number(stat[11]) + Number(stat[12])) / ticksPerSecond };
  } catch {
    return undefined;
  }
};

const measure = async (
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  events: () => readonly RunEvent[],
): Promise<Measured> => {
  const startedAt = Date.now();
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  let last = { peakBytes: 0, cpuSeconds: 0 };
  const looking = setInterval(() => (last = look(child.pid ?? 0) ?? last), 50);
  const { promise: exited, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('exit', () => (endedAt = Date.now()));
  child.once('close', (code) => resolve(code));
  let endedAt = 0;
  try {
    const code = await exited;
    if (code !== 0) throw new Error(`exit ${code}: ${argv.join(' ')}\n${said}`);
  } finally {
    clearInterval(looking);
  }
  return { ...last, startedAt, endedAt, seconds: (endedAt - startedAt) / 1000, events: events() };
};
