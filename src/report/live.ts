import type { ListrDefaultRendererOptions, ProcessOutput } from 'listr2';
import type { Drawing } from '../workflow/drawing.ts';
import type { RunListener } from '../workflow/events.ts';
import { printable } from './printable.ts';
import { progressLine } from './progress-text.ts';
import type { Terminal } from './terminal.ts';
import { duration } from './units.ts';
import { warningText } from './warning-text.ts';

/** Finished phases fold away, so that what is on the screen stays below fifteen lines. */
const headings: Readonly<Record<string, string>> = {
  snapshot: 'Reserve a starting position',
  transfer: 'Copy the data',
  configure: 'Put the copy in place',
  wait: 'Catch up',
  prove: 'Prove it',
  finish: 'Tidy up',
  remove: 'Take it out',
};

const sentence = (title: string): string => {
  const text = printable(title);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const icons = (unicode: boolean) => {
  const cross = unicode ? '✖' : 'x';
  const waiting = unicode ? '·' : '-';
  return {
    COMPLETED: unicode ? '✔' : '+',
    COMPLETED_WITH_FAILED_SUBTASKS: cross,
    COMPLETED_WITH_SISTER_TASKS_FAILED: waiting,
    FAILED: cross,
    FAILED_WITH_SUBTASKS: cross,
    WAITING: waiting,
    PENDING: unicode ? '❯' : '>',
    OUTPUT: unicode ? '›' : '>',
  };
};

/** Listr2's own colours ask standard output whether it can show them. */
const colours = (terminal: Terminal) => {
  const inked = (format: Parameters<Terminal['style']>[0]) => (text?: string) => terminal.style(format, text ?? '');
  return {
    COMPLETED: inked('green'),
    COMPLETED_WITH_FAILED_SUBTASKS: inked('red'),
    COMPLETED_WITH_SISTER_TASKS_FAILED: inked('dim'),
    FAILED: inked('red'),
    FAILED_WITH_SUBTASKS: inked('red'),
    WAITING: inked('dim'),
    PENDING: inked('cyan'),
    OUTPUT: inked('dim'),
  };
};

const listrOptions = async (output: ProcessOutput, terminal: Terminal) => {
  const { DefaultRenderer, ListrLogger, Spinner } = await import('listr2');
  /** Standard output may well be a file: the drawing is on standard error, and whoever asked for it has looked at that. */
  class StderrRenderer extends DefaultRenderer {
    static override nonTTY = true;
  }
  class AsciiSpinner extends Spinner {
    protected override readonly spinner = ['-', '\\', '|', '/'];
  }
  const rendererOptions: ListrDefaultRendererOptions = {
    logger: new ListrLogger({ useIcons: true, processOutput: output }),
    icon: icons(terminal.unicode),
    color: colours(terminal),
    spinner: terminal.unicode ? new Spinner() : new AsciiSpinner(),
    formatOutput: 'truncate',
    // The command prints the error, once, with its hint.
    collapseErrors: false,
    showErrorMessage: false,
    timer: {
      condition: (milliseconds = 0) => milliseconds >= 1000,
      field: (milliseconds) => duration(milliseconds / 1000),
      format:
        () =>
        (text = '') =>
          terminal.style('dim', text),
    },
  };
  return { renderer: StderrRenderer, rendererOptions };
};

/** The steps as a list that is redrawn in place, on a terminal. Warnings wait until the list is done. */
export const createLive = (
  stream: NodeJS.WriteStream,
  terminal: Terminal,
): { readonly drawing: Drawing; readonly listener: RunListener } => {
  let output: ProcessOutput | undefined;
  // Whoever leaves in the middle of it gets the cursor back.
  const restore = (): void => {
    output?.release();
    stream.write('\n');
  };
  const waiting: string[] = [];
  const flush = (): void => {
    for (const text of waiting.splice(0)) stream.write(`${text}\n`);
  };
  const drawing: Drawing = {
    listr: async () => {
      const { ProcessOutput } = await import('listr2');
      output = new ProcessOutput(stream, stream);
      process.once('exit', restore);
      return listrOptions(output, terminal);
    },
    title: (step) => sentence(step.title),
    skipped: (step, evidence) =>
      `${sentence(step.title)} ${terminal.style('dim', `(done already: ${printable(evidence)})`)}`,
    undoing: (step) => `Take back: ${printable(step.title)}`,
    progress: (progress) => progressLine(progress, terminal.unicode),
    stopping: () => 'stopping; Ctrl-C again leaves at once',
    phase: (phase) => headings[phase],
    ended: () => {
      process.off('exit', restore);
      output = undefined;
      flush();
    },
  };
  const listener: RunListener = (event) => {
    if (event.event !== 'warning') return;
    waiting.push(warningText(event, terminal));
    if (output === undefined) flush();
  };
  return { drawing, listener };
};
