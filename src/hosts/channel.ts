import type { Duplex, Readable, Writable } from 'node:stream';
import type { ReplctlError } from '../errors.ts';

/** One remote command as a transport carries it. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Exit code, or undefined where the channel closed without one. Settles after the output has ended; never rejects. */
  readonly closed: Promise<number | undefined>;
  /** Gives the channel up without waiting for the other side. */
  close(): void;
}

export type ConnectTarget =
  | { readonly port: number; readonly address?: string | undefined }
  | { readonly socket: string };

/** What the three transports differ in. Everything else is built once on top of it. */
export interface Transport {
  /** Hands `text` to the login user's shell. Throws HOST_UNREACHABLE when the connection is gone. */
  exec(text: string): Promise<Channel>;
  /** Throws DATABASE_UNREACHABLE when nothing answers there (`openssh` can only say so through the stream). */
  connect(target: ConnectTarget): Promise<Duplex>;
  /** Why the connection is gone; undefined while it is there. */
  failure(): ReplctlError | undefined;
  /** Idempotent. */
  close(): Promise<void>;
}
