import type { PlannedStep } from '../procedures/contract.ts';
import type { PlannedAction } from '../workflow/step.ts';
import { printable, printableLines } from './printable.ts';
import type { Terminal } from './terminal.ts';

const verbs: Record<PlannedAction['kind'], string> = {
  run: 'run',
  job: 'start the job',
  sql: 'SQL',
  file: 'file',
  wait: 'wait for',
};

const actionText = ({ node, kind, as, text }: PlannedAction, terminal: Terminal): string => {
  const who = as === undefined ? '' : ` as ${printable(as)}`;
  return `${terminal.style('dim', `   on ${printable(node)}${who}, ${verbs[kind]}:`)}\n${printableLines(text, '     ')}`;
};

/** The steps of a dry run with the exact commands and statements of each. */
export const planText = (plan: readonly PlannedStep[], terminal: Terminal): string =>
  plan
    .map(({ title, actions }, index) =>
      [
        terminal.style('bold', `${index + 1}. ${printable(title)}`),
        ...actions.map((action) => actionText(action, terminal)),
      ].join('\n'),
    )
    .join('\n\n');
