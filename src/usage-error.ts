import { stripVTControlCharacters } from 'node:util';
import { ReplctlError } from './errors.ts';
import { didYouMean } from './fleet/nearest.ts';

/** What oclif adds to the errors of its parser. */
interface ParserError extends Error {
  readonly oclif?: object;
  /** Those that do not exist. */
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: object } };
}

const oneLine = (message: string): string =>
  stripVTControlCharacters(message)
    .replace(/\n?See more help with --help/, '')
    .replace(/^Parsing (--\S+)\s+/, '$1: ')
    .replace(/\s*\n\s*/g, ' ')
    .trim();

const suggestion = ({ flags, parse }: ParserError): string => {
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  return flags?.[0] === undefined ? '' : didYouMean(flags[0], known);
};

/** Any error as one of ours: what the parser refuses is USAGE, what nobody expected is a BUG that keeps its stack. */
export const asReplctlError = (error: unknown, command: string): ReplctlError => {
  const refused = error as ParserError;
  const isOurs = error instanceof ReplctlError;
  if (refused.oclif !== undefined || (isOurs && refused.message.startsWith('Parsing --'))) {
    return new ReplctlError({
      code: 'USAGE',
      message: `${oneLine(refused.message)}${suggestion(refused)}`,
      hint: (isOurs && error.hint) || `"replctl ${command} --help" shows what it takes.`,
    });
  }
  if (isOurs) return error;
  return new ReplctlError({
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    cause: error,
  });
};
