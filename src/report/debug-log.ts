import { printableLines } from './printable.ts';

/** What `--log-level debug` adds: one entry a command, on standard error. */
export const debugLog = (line: string): void => {
  process.stderr.write(`${printableLines(line, '  > ')}\n`);
};
