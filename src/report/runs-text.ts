import type { RunSummary, RunsResult, ShowRunResult, StepResult } from '../procedures/contract.ts';
import { columns } from './columns.ts';
import { printable } from './printable.ts';
import { type Terminal, terminalOf } from './terminal.ts';
import { duration } from './units.ts';

const colours = {
  pending: 'dim',
  running: 'cyan',
  done: 'green',
  skipped: 'green',
  failed: 'red',
  interrupted: 'yellow',
  undone: 'dim',
  abandoned: 'dim',
} as const satisfies Record<StepResult['state'] | RunSummary['state'], string>;

/** `2026-11-03 12:04:05 UTC` */
const moment = (iso: string): string => {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? printable(iso) : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
};

/** What a run without an end is: perhaps at work, perhaps killed. */
const stateName = (state: RunSummary['state']): string => (state === 'running' ? 'unfinished' : state);

/** The answer of `runs`. */
export const runsText = async (
  { runs }: RunsResult,
  terminal: Terminal = terminalOf(process.stdout, process.env),
): Promise<string> => {
  if (runs.length === 0) return 'No run is known on this machine.';
  const rows = runs.map(({ run, command, fleet, node, state, startedAt, updatedAt }) => [
    run,
    terminal.style(colours[state], stateName(state)),
    printable(command),
    printable(node),
    printable(fleet),
    moment(startedAt),
    moment(updatedAt),
  ]);
  const [head = '', ...lines] = await columns(rows, [
    'RUN',
    'STATE',
    'COMMAND',
    'NODE',
    'FLEET',
    'STARTED',
    'LAST SEEN',
  ]);
  return [terminal.style('dim', head), ...lines].join('\n');
};

/** The answer of `runs show`. */
export const runText = async (
  run: ShowRunResult,
  terminal: Terminal = terminalOf(process.stdout, process.env),
): Promise<string> => {
  const state = terminal.style(colours[run.state], stateName(run.state));
  const rows = run.steps.map((step) => [
    terminal.style(colours[step.state], step.state),
    printable(step.node),
    printable(step.title),
    step.seconds === null ? '' : duration(step.seconds),
    step.startedAt === null ? '' : moment(step.startedAt),
  ]);
  const lines = [
    `${run.run}: ${printable(run.command)} ${printable(run.node)} of ${printable(run.fleet)}, ${state}`,
    `Started ${moment(run.startedAt)}, last seen ${moment(run.updatedAt)}.`,
  ];
  if (rows.length > 0) {
    const [head = '', ...body] = await columns(rows, ['STATE', 'NODE', 'STEP', 'TOOK', 'STARTED']);
    lines.push('', terminal.style('dim', head), ...body);
  }
  if (run.error !== null) {
    lines.push('', `${terminal.style('red', 'Error:')} ${printable(run.error.message)}`);
    if (run.error.hint !== undefined) lines.push(`  Next: ${printable(run.error.hint)}`);
  }
  if (run.state !== 'done' && run.state !== 'abandoned') {
    lines.push('', `Go on with: replctl resume ${run.run}`, `Take back:  replctl abandon ${run.run}`);
  }
  return lines.join('\n');
};
