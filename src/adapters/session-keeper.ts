import type { ReadingHost } from '../hosts/host.ts';

/** Milliseconds that a session is kept for the next statement: steps ask several times a second, and opening takes 40 ms and more. */
const keptFor = 3000;

export interface KeepableSession {
  isOpen(): boolean;
  close(): Promise<void>;
}

export interface KeeperOptions<Session> {
  /** The connection that carries the session: it lives no longer than that. */
  readonly host: ReadingHost;
  /** Tells the sessions of one host apart. */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly open: () => Promise<Session>;
}

interface Kept<Session> {
  session: Promise<Session> | undefined;
  /** One statement after the other. */
  turn: Promise<unknown>;
  idle?: NodeJS.Timeout;
}

const letGo = async <Session extends KeepableSession>(entry: Kept<Session>): Promise<void> => {
  const session = entry.session;
  entry.session = undefined;
  await (await session?.catch(() => undefined))?.close();
};

/** A session that works, the kept one or a new one. What was asked in it before ended well. */
const current = async <Session extends KeepableSession>(
  entry: Kept<Session>,
  open: () => Promise<Session>,
): Promise<Session> => {
  const before = await entry.session?.catch(() => undefined);
  if (before?.isOpen()) return before;
  entry.session = open();
  return entry.session;
};

export interface SessionKeeper<Session> {
  /**
   * Gives one piece of work a session, alone for as long as it takes. A failed piece of work ends the session, and with it an open transaction; nothing is
   * ever asked twice.
   */
  use<T>(options: KeeperOptions<Session>, work: (session: Session) => Promise<T>): Promise<T>;
  /** Ends the one that is kept, where one is: a server that is to be stopped waits for whoever is still there. */
  end(options: Pick<KeeperOptions<Session>, 'host' | 'key'>): Promise<void>;
}

export const createSessionKeeper = <Session extends KeepableSession>(): SessionKeeper<Session> => {
  const kept = new WeakMap<ReadingHost, Map<string, Kept<Session>>>();
  const entryOf = (host: ReadingHost, key: string): Kept<Session> => {
    const ofHost = kept.get(host) ?? new Map<string, Kept<Session>>();
    kept.set(host, ofHost);
    const entry = ofHost.get(key) ?? { session: undefined, turn: Promise.resolve() };
    ofHost.set(key, entry);
    return entry;
  };
  const use = async <T>(
    { host, key, signal, open }: KeeperOptions<Session>,
    work: (session: Session) => Promise<T>,
  ): Promise<T> => {
    const entry = entryOf(host, key);
    const turn = entry.turn.then(async () => {
      signal.throwIfAborted();
      clearTimeout(entry.idle);
      try {
        const result = await work(await current(entry, open));
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
  const end = async ({ host, key }: Pick<KeeperOptions<Session>, 'host' | 'key'>): Promise<void> => {
    const entry = entryOf(host, key);
    const turn = entry.turn.then(() => {
      clearTimeout(entry.idle);
      return letGo(entry);
    });
    entry.turn = turn.catch(() => undefined);
    await turn;
  };
  return { use, end };
};
