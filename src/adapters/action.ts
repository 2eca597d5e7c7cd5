import { reveal, shown, type Text } from '../masked.ts';
import { must, shownCommand, type Command, type FileWrite } from '../hosts/host.ts';
import type { PlannedAction } from '../workflow/step.ts';
import type { Node } from './adapter.ts';

/** What an apply does, as data: the dry run prints it, tests compare it, `perform` executes it. */
export type Action =
  | { readonly kind: 'run'; readonly on: Node; readonly command: Command }
  | { readonly kind: 'file'; readonly on: Node; readonly file: FileWrite }
  | { readonly kind: 'sql'; readonly on: Node; readonly statement: Text }
  /** Started with `startJob` by the step itself, which then watches it. */
  | { readonly kind: 'job'; readonly on: Node; readonly argv: readonly string[]; readonly as: string }
  | { readonly kind: 'wait'; readonly on: Node; readonly text: string };

/** A change inside a file that others edit too; carried out by the step itself. */
export const edit = (on: Node, as: string, path: string, change: string): PlannedAction => ({
  node: on.name,
  kind: 'file',
  as,
  text: `edit ${path}: ${change}`,
});

export const run = (on: Node, command: Command): Action => ({ kind: 'run', on, command });
export const file = (on: Node, content: FileWrite): Action => ({ kind: 'file', on, file: content });
export const sql = (on: Node, statement: Text): Action => ({ kind: 'sql', on, statement });
export const job = (on: Node, as: string, argv: readonly string[]): Action => ({ kind: 'job', on, argv, as });
export const wait = (on: Node, text: string): Action => ({ kind: 'wait', on, text });

const describeFile = ({ path, content, mode }: FileWrite): string => {
  const text = content instanceof Uint8Array ? `${content.length} bytes` : shown(content);
  return `write ${path} (mode ${mode.toString(8)})\n${text.replace(/\n$/, '')}`;
};

export const describe = (action: Action): PlannedAction => {
  const node = action.on.name;
  switch (action.kind) {
    case 'run':
      return { node, kind: 'run', as: action.command.as, text: shownCommand({ argv: action.command.argv }) };
    case 'file':
      return { node, kind: 'file', as: action.file.as, text: describeFile(action.file) };
    case 'sql':
      return { node, kind: 'sql', text: shown(action.statement) };
    case 'job':
      return { node, kind: 'job', as: action.as, text: shownCommand({ argv: action.argv }) };
    case 'wait':
      return { node, kind: 'wait', text: action.text };
  }
};

export interface Performer {
  readonly query: (on: Node, statement: string) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Executes what can be executed by itself; jobs and waits belong to the step that planned them. */
export const perform = async (actions: readonly Action[], { query, signal }: Performer): Promise<void> => {
  for (const action of actions) {
    signal.throwIfAborted();
    switch (action.kind) {
      case 'run':
        await must(action.on.host, action.command, { signal });
        break;
      case 'file':
        await action.on.host.writeFile(action.file, { signal });
        break;
      case 'sql':
        await query(action.on, reveal(action.statement));
        break;
      case 'job':
      case 'wait':
        break;
    }
  }
};
