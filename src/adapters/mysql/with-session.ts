import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { createSessionKeeper } from '../session-keeper.ts';
import type { Layout } from './layout.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

const keeper = createSessionKeeper<Session>();

const keyOf = ({ socket, adminUser }: Layout): string => `${socket} ${adminUser}`;

/** Gives one piece of work a session, alone for as long as it takes; the session is kept for a moment. */
export const withSession = async <T>(
  node: Node<ReadingHost>,
  layout: Layout,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> =>
  keeper.use(
    {
      host: node.host,
      key: keyOf(layout),
      signal: options.signal,
      open: () => openSession(node, layout, options),
    },
    work,
  );

/** Ends the session that is kept: MySQL's shutdown gives each that is still there two seconds (seen on 9.7). */
export const endSession = async (node: Node<ReadingHost>, layout: Layout): Promise<void> =>
  keeper.end({ host: node.host, key: keyOf(layout) });
