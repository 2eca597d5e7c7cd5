import type { CheckResult } from '../procedures/contract.ts';
import { findingLines, plural } from './findings.ts';
import { type Terminal, terminalOf } from './terminal.ts';

/** The answer of `check`. */
export const findingsText = (
  result: CheckResult,
  terminal: Terminal = terminalOf(process.stdout, process.env),
): string => {
  const { node, upstream, copiedFrom, findings } = result;
  if (result.already) return terminal.style('bold', `${node} follows ${upstream} already, and is healthy.`);
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  const what = `a follower of ${upstream}${copiedFrom === upstream ? '' : `, copied from ${copiedFrom}`}`;
  const verdict = result.passed ? `${node} can become ${what}` : `${node} cannot become ${what}`;
  const counts = [
    ...(count('error') > 0 ? [plural(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [plural(count('warning'), 'warning')] : []),
  ];
  const head = `${verdict}: ${counts.length === 0 ? 'nothing speaks against it' : counts.join(', ')}.`;
  const lines = findingLines(findings, terminal);
  return [terminal.style('bold', head), ...(lines.length === 0 ? [] : ['', ...lines])].join('\n');
};
