import { stripVTControlCharacters } from 'node:util';
import { ReplctlError } from './errors.ts';

/** What oclif adds to the errors of its parser. */
interface ParserError extends Error {
  readonly oclif?: object;
}

const oneLine = (message: string): string =>
  stripVTControlCharacters(message)
    .replace(/\n?See more help with --help/, '')
    .replace(/^Parsing (--\S+)\s+/, '$1: ')
    .replace(/\s*\n\s*/g, ' ')
    .trim();

/** Any error as one of ours: what the parser refuses is USAGE, what nobody expected is a BUG that keeps its stack. */
export const asReplctlError = (error: unknown, command: string): ReplctlError => {
  const { message, oclif } = error as ParserError;
  if (oclif !== undefined || (error instanceof ReplctlError && error.message.startsWith('Parsing --'))) {
    return new ReplctlError({
      code: 'USAGE',
      message: oneLine(message),
      hint: (error instanceof ReplctlError && error.hint) || `See: replctl ${command} --help`,
      cause: error instanceof ReplctlError ? undefined : error,
    });
  }
  if (error instanceof ReplctlError) return error;
  return new ReplctlError({
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    cause: error,
  });
};
