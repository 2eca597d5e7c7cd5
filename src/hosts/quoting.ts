import { ReplctlError } from '../errors.ts';

const plain = /^[A-Za-z0-9_@%+:,./-]+$/;
/** After the first word `NAME=value` is no assignment. */
const plainArgument = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+:,./=-]*$/;

/** One word for a POSIX shell, whatever is in it. The only place in the program where shell quoting happens. */
export const quoteWord = (word: string): string => {
  if (word.includes('\0')) {
    throw new ReplctlError({
      code: 'BUG',
      message: `a command's argument has a NUL character: ${JSON.stringify(word)}`,
    });
  }
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
};

/** A program and its arguments as text that a POSIX shell splits into exactly them again. */
export const quoteArgv = (argv: readonly string[]): string =>
  argv.map((word, index) => (index > 0 && plainArgument.test(word) ? word : quoteWord(word))).join(' ');

/** The argv that runs `script` with `name` as $0 and `args` as $1 and so on. */
export const shell = (script: string, name: string, args: readonly string[] = []): string[] => [
  'sh',
  '-c',
  script.trim(),
  name,
  ...args,
];
