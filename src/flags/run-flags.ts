import { Flags } from '@oclif/core';

export const progressModes = ['live', 'plain', 'none'] as const;
export type ProgressMode = (typeof progressModes)[number];

/** What every command takes that carries out a run. */
export const runFlags = {
  events: Flags.string({
    description: 'Write what happens as NDJSON, one event a line, to this file, or to standard output with "-".',
    helpValue: 'FILE|-',
  }),
  progress: Flags.option({
    description: 'How progress is shown; default: live at a terminal, else plain.',
    options: progressModes,
    env: 'REPLCTL_PROGRESS',
  })(),
};

export const yesFlag = Flags.boolean({
  char: 'y',
  description: 'Answer the question with yes; needed without a terminal.',
});

export const nodeFlag = Flags.string({
  description: 'Find the run on this node, for runs that were started on another machine.',
  helpValue: 'NODE',
});

/** What fits where no `--progress` is given: redrawing needs a terminal that can, and a CI log is none. */
export const progressMode = (
  environment: Readonly<Record<string, string | undefined>>,
  terminal: boolean,
): ProgressMode => (terminal && !environment['CI'] && environment['TERM'] !== 'dumb' ? 'live' : 'plain');
