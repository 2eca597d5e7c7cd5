import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface CommandResult {
  /** As a shell would count it: 128 + the signal's number when a signal ended the command. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** Where lines go as they come, for long builds. */
  log?: (text: string) => void;
  /** After this the command's whole process group is killed; the exit code is then 137. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/** Runs a command of this box to its end; a non-zero exit is a result, not an error. */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    // A group of its own, so that a timeout reaches what nsenter forked too.
    const child = spawn(file, rest, { env: options.env ?? process.env, detached: true });
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended by itself.
      }
    };
    const timer = setTimeout(kill, (options.timeoutSeconds ?? 600) * 1000);
    options.signal?.addEventListener('abort', kill, { once: true });
    if (options.signal?.aborted === true) kill();
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
        options.log?.(text);
      });
    }
    child.stdin.on('error', () => {
      // The command did not read all of its input; its exit code says how it went.
    });
    child.stdin.end(options.input ?? '');
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
    };
    child.on('error', (error: Error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, signal) => {
      settle();
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), ...output });
    });
  });
}

/** As `command`, but a non-zero exit throws with everything the command said; returns stdout. */
export async function must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await command(argv, options);
  if (result.exitCode !== 0) throw new CommandFailed(argv, result);
  return result.stdout;
}

export class CommandFailed extends Error {
  readonly result: CommandResult;

  constructor(argv: readonly string[], result: CommandResult) {
    super(`exit ${result.exitCode}: ${argv.join(' ')}\n${result.stdout}${result.stderr}`.trim());
    this.name = 'CommandFailed';
    this.result = result;
  }
}
