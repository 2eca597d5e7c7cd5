import type { Lag, Position } from '../adapters/adapter.ts';
import type { AbandonResult, AddFollowerResult, RemoveFollowerResult, ResumeResult } from '../procedures/contract.ts';
import { plural } from './findings.ts';
import { planText } from './plan-text.ts';
import { printable } from './printable.ts';
import { type Terminal, terminalOf } from './terminal.ts';
import { bytes, duration } from './units.ts';

const lagText = (lag: Lag | null): string => {
  if (lag === null) return '';
  if (lag.seconds !== null) return `${duration(lag.seconds)} behind the leader`;
  if (lag.bytes !== null) return `${bytes(lag.bytes)} behind the leader`;
  return lag.transactions === null ? '' : `${plural(lag.transactions, 'transaction')} behind the leader`;
};

const positionText = (position: Position | null): string => {
  if (position === null) return '';
  const { lsn, file, gtid } = position;
  return printable(lsn ?? (file === undefined ? (gtid ?? '') : `${file}:${position.position ?? '?'}`));
};

const addedText = (result: AddFollowerResult): string => {
  const { node, upstream, copiedFrom, method, position, seconds } = result;
  const at = positionText(position);
  const facts = [
    `${node} follows ${upstream}${at === '' ? '' : ` from ${at}`}`,
    ...(lagText(result.lag) === '' ? [] : [lagText(result.lag)]),
  ];
  const copied = result.bytes === null ? 'copied' : `${bytes(result.bytes)} copied`;
  const from = copiedFrom === null ? '' : ` from ${copiedFrom}`;
  const by = method === null ? '' : ` by ${method}`;
  const copy = copiedFrom === null && method === null ? '' : `, ${copied}${from}${by}`;
  return `${facts.join(', ')}.\nDone in ${duration(seconds)}${copy}.`;
};

/** The answer of `remove-follower`. */
export const removedText = ({ node, upstream, seconds }: RemoveFollowerResult): string =>
  `${node} no longer follows ${upstream}. Done in ${duration(seconds)}.`;

/** The answer of `add-follower` and of `resume`. */
export const followerText = (
  result: ResumeResult,
  terminal: Terminal = terminalOf(process.stdout, process.env),
): string => {
  switch (result.outcome) {
    case 'removed':
      return removedText(result);
    case 'already': {
      const lag = lagText(result.lag);
      return `${result.node} follows ${result.upstream} already${lag === '' ? '' : `, ${lag}`}. Nothing was changed.`;
    }
    case 'planned': {
      const plan = result.plan ?? [];
      const head = `${plural(plan.length, 'step')} would make ${result.node} a follower of ${result.upstream}. Nothing was changed.`;
      return `${planText(plan, terminal)}\n\n${head}`;
    }
    case 'added':
      return addedText(result);
  }
};

/** The answer of `abandon`. */
export const abandonedText = ({ run, node, undone }: AbandonResult): string => {
  const what = undone.length === 0 ? 'There was nothing to take back' : `${plural(undone.length, 'step')} taken back`;
  return `Run ${run} on ${node} is abandoned. ${what}.`;
};
