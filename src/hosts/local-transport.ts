import { connect as connectSocket } from 'node:net';
import { ReplctlError } from '../errors.ts';
import type { Channel, Transport } from './channel.ts';
import { childChannel } from './child-channel.ts';
import { socketConnected } from './socket.ts';

/** What a login would have: nothing of the controller's own environment goes into commands. */
const loginVariables = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TZ'];

/** This machine, as the user of this process. */
export const openLocal = async (node: string, environment: NodeJS.ProcessEnv): Promise<Transport> => {
  const env = Object.fromEntries(loginVariables.map((name) => [name, environment[name]]));
  const running = new Set<Channel>();
  let failure: ReplctlError | undefined;

  return {
    async exec(text): Promise<Channel> {
      if (failure) throw failure;
      const channel = await childChannel(['sh', '-c', text], { env, cwd: '/', node });
      running.add(channel);
      void channel.closed.finally(() => running.delete(channel));
      return channel;
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
      for (const channel of running) channel.close();
    },
  };
};
