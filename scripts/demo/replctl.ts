import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

interface ReplctlOptions {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** How long an interrupted replctl may take to write down where it stands. */
const graceMilliseconds = 15_000;

/** Runs replctl on the same terminal; returns its exit code. Where the signal aborts it is waited for, then rejects. */
export const runReplctl = async (
  { stage, screen, signal }: ReplctlOptions,
  parameters: readonly string[],
): Promise<number> => {
  screen.typed(['replctl', ...parameters]);
  const { argv, env } = stage.replctl;
  const [program = '', ...before] = argv;
  const child = spawn(program, [...before, ...parameters], {
    cwd: stage.directory,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // A terminal's Ctrl-C has reached it already, and a second one would make it leave at once.
  const interrupt = () => {
    if (!process.stdin.isTTY) child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMilliseconds).unref();
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit, killedBy) => resolve(exit ?? 128 + (killedBy ? constants.signals[killedBy] : 0)));
    });
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
};
