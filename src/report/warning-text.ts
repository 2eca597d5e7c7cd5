import type { Warning } from '../workflow/step.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** A warning as people see it, on standard error; without a final newline. */
export const warningText = ({ message, hint, node }: Warning, terminal: Terminal): string => {
  const where = node === undefined || message.includes(node) ? '' : ` ${node}:`;
  const said = `${terminal.style('yellow', 'Warning:')}${where} ${printable(message)}`;
  return hint === undefined ? said : `${said}\n  ${terminal.style('bold', 'Next:')} ${printable(hint)}`;
};
