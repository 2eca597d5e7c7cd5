import { ReplctlError } from '../errors.ts';
import type { Session } from '../session.ts';
import { readRun } from '../workflow/journal.ts';
import { isRunId } from '../workflow/run-id.ts';
import { stepResults } from './conduct.ts';
import type { ShowRunOptions, ShowRunResult } from './contract.ts';
import { summaryOf } from './runs.ts';
import { localPlace } from './unfinished.ts';

/** One run with its steps. RUN_NOT_FOUND. */
export const showRun = async (session: Session, { run: id }: ShowRunOptions): Promise<ShowRunResult> => {
  const run = isRunId(id) ? await readRun(id, [localPlace(session)]) : undefined;
  if (!run)
    throw new ReplctlError({
      code: 'RUN_NOT_FOUND',
      message: `There is no run ${id} on this machine`,
      hint: 'replctl runs lists those that there are.',
    });
  const results = stepResults(run);
  const failed = run.steps.find(({ state }) => state === 'failed');
  return {
    ...summaryOf(run),
    steps: run.steps.map(({ title, message }, index) => ({
      ...results[index]!,
      title: title ?? '',
      evidence: message ?? null,
    })),
    error: failed ? { code: 'STEP_FAILED', message: failed.message ?? '' } : null,
  };
};
