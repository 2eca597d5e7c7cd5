import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { createSessionKeeper } from '../session-keeper.ts';
import type { Layout } from './layout.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

const keeper = createSessionKeeper<Session>();

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
      key: [layout.socketDir, layout.port, options.database ?? '', options.application ?? ''].join(' '),
      signal: options.signal,
      open: () => openSession(node, layout, options),
    },
    work,
  );
