import type { Duplex } from 'node:stream';
import { ReplctlError } from '../errors.ts';
import type { Text } from '../masked.ts';
import { quoteArgv } from './quoting.ts';

export { quoteArgv } from './quoting.ts';
export { bridgeCommand } from './stdio-bridge.ts';
export { sudoersFragment, type SudoersRights } from './sudoers.ts';

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
  /**
   * Seconds, default 60; 0: none. Enforced on the host (`timeout -k`), so that a cut leaves no strays. Exact commands as root
   * through sudo cannot be ended by us: there the error only says that they took too long, and they may go on.
   */
  readonly timeoutSeconds?: number | undefined;
  /** Refuse (LEASE_LOST, nothing done) when the lease is no longer ours. */
  readonly guard?: LeaseGuard | undefined;
  /**
   * Name of a transient systemd scope (`replctl-….scope`) for this command and all that it starts, where the login is root and
   * systemd runs; elsewhere without effect. For jobs.
   */
  readonly scope?: string | undefined;
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
  /** OS user who writes, and so owns, the file. Root is refused (FAILED) in a directory that someone else can write. */
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
  /**
   * As `run`, streamed, without a time limit unless `timeoutSeconds` is given. The command ends when the stream is destroyed.
   * At most 5 of the 8 at once; more wait.
   */
  duplex(command: Command, options?: RunOptions): Promise<CommandStream>;
  /**
   * A stream to a port or a unix socket as the login user reaches it from the host. DATABASE_UNREACHABLE where nothing answers:
   * thrown, or with the `openssh` transport the error that the stream is destroyed with.
   */
  connect(
    target: { readonly port: number; readonly address?: string | undefined } | { readonly socket: string },
    options?: RunOptions,
  ): Promise<Duplex>;
  /** Undefined where there is no such file. */
  readFile(
    path: string,
    options?: { readonly as?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array | undefined>;
}

/** The changing face. */
export interface Host extends ReadingHost {
  /** Atomic and durable: temporary file beside the target, mode set, fsync, rename, fsync of the directory. */
  writeFile(file: FileWrite, options?: RunOptions): Promise<void>;
  /** Ends the connection and whatever runs on it; jobs go on. Idempotent. */
  close(): Promise<void>;
}

/** A command as a person would type it, for messages, the dry run and the audit trail. */
export const shownCommand = (command: Pick<Command, 'argv' | 'as'>): string =>
  `${command.as === undefined ? '' : `[${command.as}] `}${quoteArgv(command.argv)}`;

/** Whose scripts are left out: what they are called stands behind them. */
export const briefCommand = (command: Command): string =>
  shownCommand({ ...command, argv: command.argv.map((word) => (word.includes('\n') ? '…' : word)) });

/** The error for a command that ended with a non-zero exit code: it carries the last line that it wrote to stderr. */
export const commandFailed = (node: string, command: Command, result: CommandResult): ReplctlError => {
  const lastLine = result.stderr.trim().split('\n').at(-1)?.trim();
  const why = lastLine ? `: ${lastLine}` : '';
  return new ReplctlError({
    code: 'COMMAND_FAILED',
    node,
    message: `${command.argv[0]} failed on ${node} with exit code ${result.exitCode}${why}`,
    hint: `The command was: ${briefCommand(command)}`,
    details: { command: shownCommand(command), exitCode: result.exitCode, stderr: result.stderr.slice(-4096) },
  });
};

/** `run` for a command whose failure is an error: COMMAND_FAILED. */
export const must = async (host: ReadingHost, command: Command, options?: RunOptions): Promise<CommandResult> => {
  const result = await host.run(command, options);
  if (result.exitCode !== 0) throw commandFailed(host.node, command, result);
  return result;
};
