import { type ErrorCode, ReplctlError } from '../errors.ts';

const signals = {
  SIGINT: { code: 'INTERRUPTED', number: 2, message: 'Interrupted by SIGINT.' },
  SIGTERM: { code: 'TERMINATED', number: 15, message: 'Terminated by SIGTERM.' },
  SIGHUP: { code: 'HANGUP', number: 1, message: 'Hung up (SIGHUP): the terminal is gone.' },
} as const satisfies Partial<Record<NodeJS.Signals, { code: ErrorCode; number: number; message: string }>>;

type Name = keyof typeof signals;
const names: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The signal's name behind an error that a signal caused; undefined for any other error. */
export const signalOf = (error: unknown): Name | undefined =>
  error instanceof ReplctlError ? names.find((name) => signals[name].code === error.code) : undefined;

/** What is needed of `process`. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): unknown;
}

export interface Interrupts {
  /** Aborted at the first signal with a ReplctlError as the reason. */
  readonly signal: AbortSignal;
  /** The run that the hint of a later interruption names. */
  resumable(run: string): void;
  /** Signals do again what they do by default. */
  remove(): void;
}

/** `timeout` and CI runners signal a process and then its group: the same signal twice at once is one. */
const echo = 250;

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts: nothing new is started, jobs go on, the journal is written. The second, whichever
 * of them it is, leaves at once with 128 + n.
 */
export const installInterrupts = (source: SignalSource, now: () => number = () => performance.now()): Interrupts => {
  const controller = new AbortController();
  let run: string | undefined;
  let first: { readonly name: Name; readonly at: number } | undefined;
  const listeners = names.map((name) => {
    const { code, number, message } = signals[name];
    const listener = (): void => {
      if (first !== undefined) {
        if (name !== first.name || now() - first.at > echo) source.exit(128 + number);
        return;
      }
      first = { name, at: now() };
      const hint = run === undefined ? undefined : `Go on with: replctl resume ${run}`;
      controller.abort(new ReplctlError({ code, message, hint, retryable: true }));
    };
    source.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    resumable: (id) => (run = id),
    remove: () => {
      for (const { name, listener } of listeners) source.off(name, listener);
    },
  };
};
