import { openSync, writeSync } from 'node:fs';
import { ReplctlError } from '../errors.ts';
import type { RunListener } from '../workflow/events.ts';
import { jsonText } from './json-text.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const openFile = (target: string): number => {
  try {
    return openSync(target, 'w', 0o600);
  } catch (cause) {
    throw new ReplctlError({
      code: 'USAGE',
      message: `The events cannot be written to ${target}: ${messageOf(cause)}`,
      hint: 'Name a file in a directory that exists, or "-" for standard output.',
      cause,
    });
  }
};

const defaultTell = (message: string): void => void process.stderr.write(`Warning: ${message}\n`);

/**
 * Writes each event as one line of JSON to a file (0600), or to standard output (`-`). A file that cannot be opened is USAGE. One
 * that cannot be written later must not stop the run: it is told once, and no more is written. A reader that went away is fine.
 */
export const eventStream = (target: string, tell: (message: string) => void = defaultTell): RunListener => {
  if (target === '-') return (event) => void process.stdout.write(`${jsonText(event)}\n`);
  const file = openFile(target);
  let broken = false;
  return (event) => {
    if (broken) return;
    try {
      // At once, so that nothing is lost however the process ends.
      writeSync(file, `${jsonText(event)}\n`);
    } catch (error) {
      broken = true;
      if (codeOf(error) !== 'EPIPE') tell(`No more events are written to ${target}: ${messageOf(error)}`);
    }
  };
};
