/**
 * The one error family and the exit-code table of the command line.
 *
 * `message` says what failed, on which node and with which value; `hint` says what to do next. Both are one sentence or two.
 * The exit code follows from the code alone, so that no caller has to choose one.
 */
const exitCodes = {
  BUG: 1,
  FAILED: 1,
  USAGE: 2,
  FLEET_INVALID: 2,
  CONSENT_MISSING: 2,
  RUN_DIFFERS: 2,
  RUN_NOT_FOUND: 2,
  STATE_UNWRITABLE: 2,
  PREFLIGHT_REFUSED: 3,
  STEP_FAILED: 4,
  NOT_CAUGHT_UP: 5,
  LEASE_HELD: 6,
  HOST_UNREACHABLE: 7,
  HOST_KEY_UNKNOWN: 7,
  HOST_KEY_CHANGED: 7,
  AUTHENTICATION_FAILED: 7,
  DATABASE_UNREACHABLE: 7,
  NOT_HEALTHY: 8,
  DIFFERENCE_FOUND: 9,
  HANGUP: 129,
  INTERRUPTED: 130,
  TERMINATED: 143,
  /** A command on a host ended other than well. Procedures wrap it; alone it is unclassified. */
  COMMAND_FAILED: 1,
  /** The channel closed without an exit status: what the command did is unknown. */
  OUTCOME_UNKNOWN: 1,
  /** The host-side time limit ended the command. */
  COMMAND_TIMEOUT: 1,
  /** A guarded command found that the lease is no longer ours. */
  LEASE_LOST: 6,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface ReplctlErrorOptions {
  code: ErrorCode;
  message: string;
  /** What to do next, for the person or script that reads it. */
  hint?: string | undefined;
  /** The fleet file's name of the node that it happened on. */
  node?: string | undefined;
  /** The id of the step that failed. */
  step?: string | undefined;
  /** True where the same command may succeed later with nothing else changed. */
  retryable?: boolean | undefined;
  /** Plain JSON, without secrets. */
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
  /** Exit code where the moment decides, not the kind of failure (the same failure before and after the first change). */
  exitCode?: number | undefined;
}

export class ReplctlError extends Error {
  override readonly name = 'ReplctlError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly node: string | undefined;
  readonly step: string | undefined;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;
  readonly exitCode: number;

  constructor(options: ReplctlErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.node = options.node;
    this.step = options.step;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    this.exitCode = options.exitCode ?? exitCodes[options.code];
  }
}

export const isReplctlError = (error: unknown): error is ReplctlError => error instanceof ReplctlError;

/** The same error with what the caller knows and the thrower did not. */
export const withContext = (error: ReplctlError, context: Partial<ReplctlErrorOptions>): ReplctlError =>
  new ReplctlError({
    code: error.code,
    message: error.message,
    hint: error.hint,
    node: error.node,
    step: error.step,
    retryable: error.retryable,
    details: error.details,
    exitCode: error.exitCode,
    cause: error.cause,
    ...context,
  });
