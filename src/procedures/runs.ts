import type { Session } from '../session.ts';
import { readRuns } from '../workflow/journal.ts';
import type { RunSummary as Run } from '../workflow/run-summary.ts';
import type { RunSummary, RunsResult } from './contract.ts';
import { localPlace } from './unfinished.ts';

export const summaryOf = ({ run, command, fleet, node, state, startedAt, lastAt }: Run): RunSummary => ({
  run,
  command,
  fleet,
  node,
  state,
  startedAt,
  updatedAt: lastAt,
});

/** The runs that were begun or resumed on this machine. */
export const runs = async (session: Session): Promise<RunsResult> => ({
  runs: (await readRuns(localPlace(session))).map(summaryOf),
});
