import type { Finding } from '../adapters/adapter.ts';
import type { ReplctlError } from '../errors.ts';
import { causesOf } from './causes.ts';
import { findingLines } from './findings.ts';
import { printable, printableLines } from './printable.ts';
import { type Terminal, terminalOf } from './terminal.ts';

const stops: readonly string[] = ['INTERRUPTED', 'TERMINATED', 'HANGUP'];

const isFinding = (value: unknown): value is Finding =>
  typeof value === 'object' &&
  value !== null &&
  ['code', 'node', 'message', 'hint'].every((key) => typeof Reflect.get(value, key) === 'string') &&
  ['error', 'warning'].includes(String(Reflect.get(value, 'severity')));

/** A refusal carries its findings in its details. */
const findingsOf = ({ details }: ReplctlError): readonly Finding[] => {
  const findings = details['findings'];
  // A single one is the error itself.
  return Array.isArray(findings) && findings.length > 1 ? findings.filter((value) => isFinding(value)) : [];
};

/** The stack of what nobody expected: of a bug, or of a programming error somewhere among the causes. */
const bugOf = (error: ReplctlError): Error | undefined => {
  let cause: unknown = error;
  for (let depth = 0; depth < 10 && cause instanceof Error; depth++) {
    if (cause instanceof TypeError || cause instanceof ReferenceError || cause instanceof RangeError) return cause;
    cause = cause.cause;
  }
  if (error.code !== 'BUG') return undefined;
  return error.cause instanceof Error ? error.cause : error;
};

/**
 * An error as people see it, on standard error: what failed, where, why, and what to do next. Several lines, without a final newline.
 */
export const errorText = (
  error: ReplctlError,
  terminal: Terminal = terminalOf(process.stderr, process.env),
): string => {
  // A fleet file's problems are one line each.
  const [message = '', ...more] = (error.code === 'FLEET_INVALID' ? error.message.split('\n') : [error.message]).map(
    printable,
  );
  const label = (name: string): string => terminal.style('dim', `${name}:`);
  const lines = [stops.includes(error.code) ? message : `${terminal.style(['red', 'bold'], 'Error:')} ${message}`];
  lines.push(...more.map((line) => `       ${line}`));
  const place = [error.node, error.step && `step ${error.step}`].filter(Boolean).join(', ');
  if (place !== '') lines.push(`  ${label('On')} ${printable(place)}`);
  // Messages quote their causes: only what was not said yet is worth a line.
  let said = message;
  for (const cause of causesOf(error)) {
    if (!said.includes(cause)) lines.push(`  ${label('Cause')} ${cause}`);
    said += cause;
  }
  lines.push(...findingLines(findingsOf(error), terminal).map((line) => `  ${line}`));
  const bug = bugOf(error);
  if (bug?.stack !== undefined) {
    lines.push(
      '  This should not have happened: please report it, with these lines.',
      printableLines(bug.stack, '    '),
    );
  }
  if (error.hint !== undefined) {
    lines.push(`  ${terminal.style('bold', 'Next:')} ${printableLines(error.hint, ' '.repeat(8)).trimStart()}`);
  }
  return lines.join('\n');
};
