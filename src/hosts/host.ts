import type { Duplex } from 'node:stream';
import type { Text } from '../masked.ts';

/** Proof that a run still owns a node: checked on the host, in the same command as the act that it guards. */
export interface LeaseGuard {
  /** Lease file on the host. */
  readonly path: string;
  readonly epoch: number;
  /** OS user that owns the lease file and under whom it is read; it is checked before `as` is taken on. */
  readonly owner: string;
}

export interface Command {
  /** Program and arguments. Never quoted by the caller: quoting happens in one place, in `quoting.ts`. */
  readonly argv: readonly string[];
  /** OS user to run as: `sudo -n -u`, or `setpriv` where the login is root and there is no sudo. Default: the login user. */
  readonly as?: string | undefined;
  /** Sent to the command's standard input, which is then closed. The only way for a secret to reach a host. */
  readonly stdin?: Text | Uint8Array | undefined;
  /** Enforced on the host (`timeout -k`), so that a cut leaves no strays; seconds, default 60. */
  readonly timeoutSeconds?: number | undefined;
  /** Refuse (LEASE_LOST, nothing done) when the lease is no longer ours. */
  readonly guard?: LeaseGuard | undefined;
}

export interface CommandResult {
  /** 0–255; 128+n where a signal ended it. A channel that closes without any is the error OUTCOME_UNKNOWN, never a result. */
  readonly exitCode: number;
  /** UTF-8; bytes that are not are replaced. */
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
}

export interface RunOptions {
  /** Ends the command on the host too, and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A running command's standard input (writable side) and output (readable side), binary-safe, with back-pressure. */
export interface CommandStream extends Duplex {
  /** Settles when the command has ended and its output was read. Rejects as `run` does. `stdout` is empty: it was streamed. */
  readonly result: Promise<CommandResult>;
}

export interface FileWrite {
  readonly path: string;
  readonly content: Text | Uint8Array;
  /** Octal, e.g. 0o600. */
  readonly mode: number;
  /** OS user who writes, and so owns, the file. Never root in a directory that someone else can write. */
  readonly as?: string | undefined;
  readonly guard?: LeaseGuard | undefined;
}

export interface Login {
  /** OS user of the SSH login (or of this process, for `local`). */
  readonly user: string;
  readonly uid: number;
  readonly home: string;
}

/**
 * The reading face of a machine, as one OS user can use it. What is handed this promises to change nothing.
 * Errors: HOST_UNREACHABLE when the connection is gone, OUTCOME_UNKNOWN when it went during a command, COMMAND_TIMEOUT,
 * AUTHENTICATION_FAILED when `as` is refused by sudo (hint: the sudoers fragment). A non-zero exit is a result, not an error.
 */
export interface ReadingHost {
  /** The fleet file's name of the node, for errors. */
  readonly node: string;
  readonly login: Login;
  /** Runs with LC_ALL=C, in `/`, umask 077, bounded in time on the host. At most 8 at once per connection; more wait. */
  run(command: Command, options?: RunOptions): Promise<CommandResult>;
  /** As `run`, streamed, without a time limit of its own. The command ends when the stream is destroyed. */
  duplex(command: Command, options?: RunOptions): Promise<CommandStream>;
  /** A stream to a port or a unix socket as the login user reaches it from the host. */
  connect(
    target: { readonly port: number; readonly address?: string } | { readonly socket: string },
    options?: RunOptions,
  ): Promise<Duplex>;
  /** Undefined where there is no such file. */
  readFile(
    path: string,
    options?: { readonly as?: string; readonly signal?: AbortSignal },
  ): Promise<Uint8Array | undefined>;
}

/** The changing face. */
export interface Host extends ReadingHost {
  /** Atomic and durable: temporary file beside the target, mode set, fsync, rename, fsync of the directory. */
  writeFile(file: FileWrite, options?: RunOptions): Promise<void>;
  /** Ends the connection and whatever runs on it; jobs go on. Idempotent. */
  close(): Promise<void>;
}
