import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '../../../src/report/envelope.ts';
import type { RunEvent } from '../../../src/workflow/events.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** REPLCTL_BIN: a built or installed `replctl`; without it src/ runs as it is. */
export const program = (): string => process.env['REPLCTL_BIN'] ?? join(root, 'bin', 'dev.js');

export interface Ended {
  /** As a shell counts it: 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The document of `--json`. Throws where standard output is anything else than one document. */
  readonly json: Envelope;
  readonly events: readonly RunEvent[];
}

/** A `replctl` that is running. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Waits for an event that fits. Throws where the command ends before there is one. */
  event(fits: (event: RunEvent) => boolean): Promise<RunEvent>;
  kill(signal: NodeJS.Signals): void;
}

export interface Replctl {
  /** Its REPLCTL_STATE_DIR: what it remembers between two commands. */
  readonly stateDir: string;
  start(args: readonly string[]): Running;
  /** To its end; a non-zero exit is a result. */
  run(args: readonly string[]): Promise<Ended>;
  /** To its end; a non-zero exit throws with all that it said. Returns the result of the document. */
  ok<R>(args: readonly string[]): Promise<R>;
}

export interface ReplctlOptions {
  readonly fleet: string;
  /** Where its state and event files go; a directory that is removed with the lab. */
  readonly directory: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Command and arguments that run it: what makes this box another machine for it. */
  readonly under?: readonly string[];
}

/** One operator's machine: `replctl` with a state directory and a home of its own. `--json` is always given. */
export const createReplctl = ({ fleet, directory, environment = {}, under = [] }: ReplctlOptions): Replctl => {
  const home = mkdtempSync(join(directory, 'operator-'));
  const stateDir = join(home, 'state');
  let runs = 0;
  const env = {
    ...process.env,
    HOME: home,
    REPLCTL_STATE_DIR: stateDir,
    REPLCTL_FLEET: fleet,
    NODE_NO_WARNINGS: '1',
    ...environment,
  };
  const start = (args: readonly string[]): Running => {
    const events = join(home, `events-${++runs}.ndjson`);
    const takesEvents = ['add-follower', 'resume', 'abandon', 'remove-follower'].includes(args[0] ?? '');
    const flags = ['--json', ...(takesEvents ? ['--events', events] : [])];
    const [command = '', ...argv] = [...under, process.execPath, program(), ...args, ...flags];
    return follow(spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] }), events);
  };
  const run = (args: readonly string[]) => start(args).ended;
  const ok = async <R>(args: readonly string[]): Promise<R> => {
    const ended = await run(args);
    if (ended.exitCode !== 0) throw new Error(`replctl ${args.join(' ')}: ${told(ended)}`);
    return ended.json.result as R;
  };
  return { stateDir, start, run, ok };
};

export const told = ({ exitCode, stdout, stderr }: Pick<Ended, 'exitCode' | 'stdout' | 'stderr'>): string =>
  `exit ${exitCode}\n${stdout}\n${stderr}`;

/** Fails with all that it said. */
export const expectExit = (ended: Ended, exitCode: number): void => {
  if (ended.exitCode !== exitCode) throw new Error(`exit ${exitCode} was expected: ${told(ended)}`);
};

const follow = (child: ChildProcess, eventsFile: string): Running => {
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  let over = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      over = true;
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      const events = readEvents(eventsFile);
      resolve({
        exitCode,
        ...output,
        events,
        get json() {
          return JSON.parse(output.stdout) as Envelope;
        },
      });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    event: async (fits) => {
      for (;;) {
        const last = over;
        const found = readEvents(eventsFile).find(fits);
        if (found) return found;
        if (last) throw new Error(`the command ended before that event: ${told(await ended)}`);
        await sleep(20);
      }
    },
    kill: (signal) => child.kill(signal),
  };
};

/** A line that is being written is not there yet. */
const readEvents = (file: string): readonly RunEvent[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RunEvent);
};
