import type { Content } from './compare.ts';
import type { Server } from './stage.ts';

/** Clients that write to the leader all the time. */
export interface Writer {
  /** Transactions committed so far. */
  written(): Promise<number>;
  /** Throws where it did not write up to now. Returns when the server is rid of it. */
  stop(): Promise<void>;
}

/** What the story needs to know of a database engine. */
export interface Engine {
  readonly title: string;
  /** In this order: they make a database and fill it; shown as they are typed. */
  readonly fill: readonly { readonly argv: readonly string[]; readonly input?: string }[];
  /** Of the leader's data, for people. */
  size(leader: Server, signal: AbortSignal): Promise<string>;
  readonly writerArgv: readonly string[];
  startWriter(leader: Server, signal: AbortSignal): Writer;
  /** Where the leader's log ends. */
  end(leader: Server, signal: AbortSignal): Promise<string>;
  hasReached(follower: Server, end: string, signal: AbortSignal): Promise<boolean>;
  /** Every row of every table, counted and hashed. */
  contentOf(server: Server, signal: AbortSignal): Promise<readonly Content[]>;
  /** A write that a follower refuses in these words. */
  readonly write: { readonly argv: readonly string[]; readonly refused: RegExp };
}
