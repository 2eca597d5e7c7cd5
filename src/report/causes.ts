import { printable } from './printable.ts';

/** Errors refer to each other in circles now and then. */
const deepest = 10;

const within = (error: unknown): readonly unknown[] => {
  if (error instanceof AggregateError) return error.errors as unknown[];
  return error instanceof Error && error.cause !== undefined ? [error.cause] : [];
};

const collect = (error: unknown, seen: Set<unknown>): readonly string[] =>
  within(error).flatMap((cause) => {
    if (seen.has(cause) || seen.size >= deepest) return [];
    seen.add(cause);
    const message = printable(cause instanceof Error ? cause.message : String(cause));
    return [...(message === '' ? [] : [message]), ...collect(cause, seen)];
  });

/** The messages of what led to an error, nearest first, each once. */
export const causesOf = (error: unknown): readonly string[] => [...new Set(collect(error, new Set([error])))];
