import { connect as connectSocket } from 'node:net';
import { ReplctlError } from '../errors.ts';
import type { Channel, Transport } from './channel.ts';
import { socketConnected } from './socket.ts';

/** What a login would have: nothing of the controller's own environment goes into commands. */
const loginVariables = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TZ'];

/** This machine, as the user of this process. */
export const openLocal = async (node: string, environment: NodeJS.ProcessEnv): Promise<Transport> => {
  const { execa } = await import('execa');
  const env = Object.fromEntries(loginVariables.map((name) => [name, environment[name]]));
  const running = new Set<() => void>();
  let failure: ReplctlError | undefined;

  return {
    async exec(text): Promise<Channel> {
      if (failure) throw failure;
      // In a session of its own: a Ctrl-C at the terminal is for us, who decide what it means.
      const child = execa('sh', ['-c', text], {
        env,
        extendEnv: false,
        cwd: '/',
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
      running.add(close);
      const closed = child.then(({ exitCode }) => {
        running.delete(close);
        return exitCode;
      });
      return { stdin, stdout, stderr, closed, close };
    },
    connect: async (target) =>
      socketConnected(
        'socket' in target
          ? connectSocket(target.socket)
          : connectSocket({ port: target.port, host: target.address ?? 'localhost', noDelay: true }),
        node,
        target,
      ),
    failure: () => failure,
    async close() {
      failure = new ReplctlError({ code: 'HOST_UNREACHABLE', node, message: `The connection to ${node} was closed` });
      for (const close of running) close();
    },
  };
};
