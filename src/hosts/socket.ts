import type { Socket } from 'node:net';
import { ReplctlError } from '../errors.ts';
import type { ConnectTarget } from './channel.ts';

export const shownTarget = (target: ConnectTarget): string =>
  'socket' in target ? `the socket ${target.socket}` : `${target.address ?? 'localhost'}:${target.port}`;

export const nothingAnswers = (node: string, target: ConnectTarget, cause: Error): ReplctlError =>
  new ReplctlError({
    code: 'DATABASE_UNREACHABLE',
    node,
    message: `Nothing answers on ${node} at ${shownTarget(target)}: ${cause.message}`,
    hint: `Is the server running there, and does it listen at ${shownTarget(target)}?`,
    retryable: true,
    cause,
  });

/** The socket once it is connected. */
export const socketConnected = async (socket: Socket, node: string, target: ConnectTarget): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(nothingAnswers(node, target, error));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
