import { cancelJob, removeJob, type JobHandle } from '../../../hosts/job.ts';
import { must } from '../../../hosts/host.ts';
import { createPaceMeter } from '../../../workflow/rate.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { describe, job as jobs, run as runs } from '../../action.ts';
import { copyState } from '../../copy-state.ts';
import { followJob } from '../../follow-job.ts';
import { installedRun } from '../../installed-run.ts';
import { copyCredentialsPath } from '../layout.ts';
import { readPassword } from '../read-password.ts';
import {
  dropScratch,
  inScratch,
  killScratch,
  makeWorkDir,
  removeWorkDir,
  startScratch,
  type ScratchServer,
} from '../scratch-server.ts';
import type { Work } from '../work.ts';
import { clientArgv, clientInput, cloneStatements } from './client.ts';
import { inTurn } from './in-turn.ts';
import { initialiseRecipient, recipient } from './recipient.ts';

export const cloneJob = (work: Work): JobHandle => ({
  id: `copy-${work.run}`,
  directory: work.layouts.follower.jobsDir,
  as: work.layouts.follower.osUser,
});

const progressQuery = `SELECT COALESCE(SUM(ESTIMATE), 0) AS total, COALESCE(SUM(DATA), 0) AS bytes,
  COALESCE(MAX(CASE WHEN STATE = 'In Progress' THEN STAGE END), '') AS stage FROM performance_schema.clone_progress`;

const showProgress = (work: Work, scratch: ScratchServer, { signal, progress }: StepContext) => {
  const meter = createPaceMeter();
  return async (): Promise<void> => {
    const [row] = await inScratch(scratch, signal, (session) =>
      session.query<{ total: string; bytes: string; stage: string }>(progressQuery),
    ).catch(() => []);
    if (!row) return;
    const [bytes, total] = [Number(row.bytes), Number(row.total)];
    progress({
      bytes,
      ...(total > 0 ? { total } : {}),
      ...meter.add(bytes, total > 0 ? total : undefined),
      phase: row.stage.toLowerCase() || 'copying',
    });
  };
};

/** The dictionary is among the last files that a clone is given; the size is what came over. */
const wholeScript = '[ -f "$1/mysql.ibd" ] && [ -d "$1/#clone" ] || exit 1; du -sb --apparent-size -- "$1" | cut -f1';

const stagedBytes = async (work: Work, signal: AbortSignal): Promise<number | undefined> => {
  const { stdout, exitCode } = await work.nodes.follower.host.run(
    { argv: ['sh', '-c', wholeScript, 'whole', work.place.staged], as: work.layouts.follower.osUser },
    { signal },
  );
  return exitCode === 0 ? Number(stdout.trim()) : undefined;
};

/** The servers copy the files: from the source into staging, by a recipient of ours. */
export const copyByClone = (work: Work): Step => {
  const { follower, source } = work.nodes;
  const layout = work.layouts.follower;
  const handle = cloneJob(work);
  const scratch = recipient(work);
  return {
    id: 'transfer.copy',
    title: `clone ${source.name} to ${follower.name}${work.because}`,
    node: follower.name,
    input: { source: source.name, staged: work.place.staged },
    namedAfterRun: true,
    plan: () => [
      ...[...makeWorkDir(work), initialiseRecipient(work)].map((command) => describe(runs(follower, command))),
      describe(jobs(follower, layout.osUser, scratch.argv)),
      describe(jobs(follower, layout.osUser, clientArgv(work, scratch))),
      { node: follower.name, kind: 'sql', text: cloneStatements(work, '********').shown },
    ],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, layout, signal)) === work.run)
        return { state: 'done', evidence: `${follower.name}'s data directory is this run's copy` };
      const bytes = async () => stagedBytes(work, signal);
      return copyState({ host: follower.host, handle, what: 'the clone', staged: work.place.staged, bytes }, signal);
    },
    intent: async () => ({ job: { ...handle }, staged: work.place.staged }),
    apply: async (context) => {
      const password = await readPassword(follower, layout, copyCredentialsPath(layout), context.signal);
      const prepare = async (signal: AbortSignal) => {
        await dropScratch(scratch);
        for (const command of [...makeWorkDir(work), initialiseRecipient(work)])
          await must(follower.host, command, { signal });
        await startScratch(work, scratch, signal);
      };
      await inTurn(work, handle, context, () =>
        followJob(context, {
          on: follower,
          guard: () => work.context.guard(),
          job: { handle, argv: clientArgv(work, scratch), stdin: clientInput(work, password) },
          isWhole: async () => (await stagedBytes(work, context.signal)) !== undefined,
          prepare,
          look: showProgress(work, scratch, context),
          hint: 'Mend what it says; a broken clone cannot be gone on with: resume starts it afresh.',
        }),
      );
      context.progress({ phase: 'ending the recipient' });
      await killScratch(work, scratch, context.signal);
    },
    undo: async ({ signal }) => {
      await cancelJob(follower.host, handle);
      await removeJob(follower.host, handle);
      await dropScratch(scratch);
      await removeWorkDir(work, signal);
    },
  };
};
