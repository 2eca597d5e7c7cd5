import type { Finding } from '../adapters/adapter.ts';
import { printable, printableLines } from './printable.ts';
import type { Terminal } from './terminal.ts';

const order = { error: 0, warning: 1 };

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Errors first, then as they came: severity and node in front, what to do below. */
export const findingLines = (findings: readonly Finding[], terminal: Terminal): readonly string[] => {
  const width = Math.max(0, ...findings.map(({ node }) => node.length));
  return findings
    .toSorted((a, b) => order[a.severity] - order[b.severity])
    .flatMap(({ severity, node, code, message, hint }) => {
      const label = terminal.style(severity === 'error' ? 'red' : 'yellow', severity.padEnd(7));
      const indent = ' '.repeat(7 + 2 + width + 2);
      const said = `${label}  ${node.padEnd(width)}  ${printable(message)} ${terminal.style('dim', `(${code})`)}`;
      return hint === '' ? [said] : [said, printableLines(hint, indent)];
    });
};
