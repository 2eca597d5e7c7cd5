import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { isReplctlError, ReplctlError } from '../errors.ts';
import type { Channel, ConnectTarget, Transport } from './channel.ts';
import { shownHop, tooManySessions, unreachable } from './connect-errors.ts';
import type { Hop, Route } from './route.ts';
import { nothingAnswers } from './socket.ts';
import { connectHop } from './ssh2-connect.ts';

const asChannel = (stream: ClientChannel): Channel => {
  let code: number | undefined;
  stream.on('exit', (exitCode: number | null) => {
    code = exitCode ?? undefined;
  });
  const { promise: closed, resolve } = Promise.withResolvers<number | undefined>();
  stream.once('close', () => resolve(code));
  const close = () => {
    stream.destroy();
    // The stream itself would wait for the other side.
    resolve(code);
  };
  return { stdin: stream, stdout: stream, stderr: stream.stderr, closed, close };
};

const forward = async (client: Client, target: ConnectTarget): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | undefined, stream: Duplex) => (error ? reject(error) : resolve(stream));
    if ('socket' in target) client.openssh_forwardOutStreamLocal(target.socket, done);
    else client.forwardOut('127.0.0.1', 0, target.address ?? 'localhost', target.port, done);
  });

const forwardTo = async (hop: Hop, before: Client): Promise<Duplex> =>
  forward(before, { port: hop.port, address: hop.host }).catch((cause: Error) => {
    throw unreachable(hop, cause.message, cause);
  });

interface Connected {
  readonly clients: readonly Client[];
  /** Ends all of them at once. A client that has said goodbye does not end itself any more, and waits for the answer for as long as TCP does: a quarter of an hour. */
  readonly drop: () => void;
}

/** Hop by hop: each connection runs inside the one before. */
const connectAll = async (
  ssh2: typeof import('ssh2'),
  route: Route,
  signal: AbortSignal | undefined,
): Promise<Connected> => {
  const clients: Client[] = [];
  const sockets: Duplex[] = [];
  const drop = () => sockets.forEach((socket) => socket.destroy());
  const timeoutMilliseconds = route.connectTimeoutSeconds * 1000;
  try {
    for (const hop of route.hops) {
      const before = clients.at(-1);
      const socket = before
        ? await forwardTo(hop, before)
        : connectSocket({ host: hop.host, port: hop.port, noDelay: true });
      sockets.push(socket);
      clients.push(await connectHop(ssh2, hop, { socket, timeoutMilliseconds, signal }));
    }
    return { clients, drop };
  } catch (error) {
    drop();
    throw error;
  }
};

/** How long a server may take to say goodbye. */
const politeMilliseconds = 500;

export const loadSsh2 = async (): Promise<typeof import('ssh2')> => (await import('ssh2')).default;

export const openSsh2 = async (route: Route, signal?: AbortSignal): Promise<Transport> => {
  const ssh2 = await loadSsh2();
  const { clients, drop } = await connectAll(ssh2, route, signal);
  const client = clients.at(-1)!;
  const hop: Hop = route.hops.at(-1)!;
  let failure: ReplctlError | undefined;
  let reason: Error | undefined;
  const ended = new Promise<void>((resolve) => client.once('close', resolve));

  const gone = (why: string, cause?: unknown) => {
    failure ??= new ReplctlError({
      code: 'HOST_UNREACHABLE',
      node: hop.node,
      message: `The connection to ${hop.node} (${shownHop(hop)}) ${why}`,
      hint: 'Run the same command again: it goes on from where the world stands.',
      retryable: true,
      cause,
    });
  };
  for (const each of clients) {
    each.on('error', (error) => {
      reason = error;
    });
    each.on('close', () => {
      gone(reason ? `was lost: ${reason.message}` : 'was closed', reason);
      drop();
    });
  }

  return {
    exec: async (text) =>
      new Promise<Channel>((resolve, reject) => {
        if (failure) {
          reject(failure);
          return;
        }
        client.exec(text, (error, stream) => {
          if (!error) resolve(asChannel(stream));
          else if (!failure && error.message.includes('open failed')) reject(tooManySessions(hop.node));
          else reject(failure ?? (isReplctlError(error) ? error : unreachable(hop, error.message, error)));
        });
      }),
    async connect(target) {
      if (failure) throw failure;
      return forward(client, target).catch((error: Error) => {
        throw failure ?? nothingAnswers(hop.node, target, error);
      });
    },
    failure: () => failure,
    async close() {
      gone('was closed');
      for (const each of clients.toReversed()) each.end();
      const impatient = setTimeout(drop, politeMilliseconds);
      await ended;
      clearTimeout(impatient);
    },
  };
};
