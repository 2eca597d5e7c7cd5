import { whenAwakeFor } from '../awake-timer.ts';
import { ReplctlError } from '../errors.ts';

/** The work's result, or the signal's reason as soon as it is aborted, whether or not the work heeds the signal. */
export const orAbort = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/** The work's result, or the error once the time is over, whether or not the work ends by itself. */
export const within = async <T>(milliseconds: number, work: Promise<T>, late: () => Error): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = whenAwakeFor(milliseconds, () => reject(late()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    stop();
  }
};

/** Rejects with the signal's reason. */
export const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  try {
    await (signal === undefined ? promise : orAbort(promise, signal));
  } finally {
    clearTimeout(timer);
  }
};

export interface PollOptions {
  /** Milliseconds between the end of one look and the next. */
  readonly every: number;
  /** Milliseconds before the second look, where that is sooner; each pause is then longer by half, up to `every`. */
  readonly first?: number | undefined;
  /** Milliseconds, the looks included. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** What is waited for, as the subject of a sentence: "db2's replay of 0/3000148". */
  readonly what: string;
  /** The error when the time is over; the default is FAILED. */
  readonly late?: (() => Error) | undefined;
}

/**
 * Looks until `look` answers something other than undefined. The signal that `look` gets also ends when the time is over; a look
 * that hangs is not waited for. Errors of a look end the wait.
 */
export const poll = async <T>(
  options: PollOptions,
  look: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T> => {
  const { every, first = every, timeout, what } = options;
  const late = (): Error =>
    options.late?.() ??
    new ReplctlError({
      code: 'FAILED',
      message: `${what} took longer than ${timeout / 1000} s.`,
      retryable: true,
    });
  const limit = new AbortController();
  const stop = whenAwakeFor(timeout, () => limit.abort(late()));
  const signal = AbortSignal.any([options.signal, limit.signal]);
  try {
    for (let pause = first; ; pause = Math.min(every, pause * 1.5)) {
      signal.throwIfAborted();
      const found = await orAbort(look(signal), signal);
      if (found !== undefined) return found;
      await sleep(pause, signal);
    }
  } finally {
    stop();
  }
};
