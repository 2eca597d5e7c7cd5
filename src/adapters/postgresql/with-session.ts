import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/** Milliseconds that a session is kept for the next statement: steps ask several times a second, and opening takes 40 ms. */
const keptFor = 3000;

interface Kept {
  session: Promise<Session> | undefined;
  /** One statement after the other. */
  turn: Promise<unknown>;
  idle?: NodeJS.Timeout;
}

/** Sessions live no longer than the host's connection, which carries them. */
const kept = new WeakMap<ReadingHost, Map<string, Kept>>();

const entryOf = (host: ReadingHost, key: string): Kept => {
  const ofHost = kept.get(host) ?? new Map<string, Kept>();
  kept.set(host, ofHost);
  const entry = ofHost.get(key) ?? { session: undefined, turn: Promise.resolve() };
  ofHost.set(key, entry);
  return entry;
};

const letGo = async (entry: Kept): Promise<void> => {
  const session = entry.session;
  entry.session = undefined;
  await (await session?.catch(() => undefined))?.close();
};

/** A session that works, the kept one or a new one. What was asked in it before ended well. */
const current = async (entry: Kept, open: () => Promise<Session>): Promise<Session> => {
  const before = await entry.session?.catch(() => undefined);
  if (before?.isOpen()) return before;
  entry.session = open();
  return entry.session;
};

/**
 * Gives one piece of work a session, alone for as long as it takes. A failed piece of work ends the session, and with it an open transaction; nothing is ever
 * asked twice.
 */
export const withSession = async <T>(
  node: Node<ReadingHost>,
  layout: Layout,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const key = [layout.socketDir, layout.port, options.database ?? '', options.application ?? ''].join(' ');
  const entry = entryOf(node.host, key);
  const turn = entry.turn.then(async () => {
    options.signal.throwIfAborted();
    clearTimeout(entry.idle);
    try {
      const result = await work(await current(entry, () => openSession(node, layout, options)));
      entry.idle = setTimeout(() => void letGo(entry), keptFor).unref();
      return result;
    } catch (error) {
      await letGo(entry);
      throw error;
    }
  });
  entry.turn = turn.catch(() => undefined);
  return turn;
};
