import { ReplctlError } from '../errors.ts';
import type { Channel } from './channel.ts';

interface ChildSettings {
  /** All of it: nothing of the controller's own environment is added. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whose commands these are, for errors. */
  readonly node: string;
}

/** A program on this machine as a channel; its exit code is the channel's. */
export const childChannel = async (
  [program, ...args]: readonly [string, ...string[]],
  { env, cwd, node }: ChildSettings,
): Promise<Channel> => {
  const { execa } = await import('execa');
  // In a session of its own: a Ctrl-C at the terminal is for us, who decide what it means.
  const child = execa(program, args, {
    env,
    extendEnv: false,
    ...(cwd === undefined ? {} : { cwd }),
    detached: true,
    reject: false,
    buffer: false,
    stdio: 'pipe',
  });
  const { stdin, stdout, stderr } = child.nodeChildProcess;
  if (!stdin || !stdout || !stderr)
    throw new ReplctlError({ code: 'BUG', node, message: 'A child process has no pipes' });
  const close = () => {
    child.nodeChildProcess.kill('SIGKILL');
    stdout.destroy();
    stderr.destroy();
  };
  return { stdin, stdout, stderr, closed: child.then(({ exitCode }) => exitCode), close };
};
