import { cancelJob, removeJob, type JobHandle } from '../../../hosts/job.ts';
import { must } from '../../../hosts/host.ts';
import { createPaceMeter } from '../../../workflow/rate.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { describe, job as jobs, run as runs } from '../../action.ts';
import { copyState } from '../../copy-state.ts';
import { followJob } from '../../follow-job.ts';
import { installedRun } from '../../installed-run.ts';
import { makeWorkDir, removeWorkDir } from '../scratch-server.ts';
import type { Work } from '../work.ts';
import { pipelineArgv } from './pipeline.ts';
import { isCopied } from './way-in.ts';

export const backupJob = (work: Work, name: 'copy' | 'prepare'): JobHandle => ({
  id: `${name}-${work.run}`,
  directory: work.layouts.follower.jobsDir,
  as: work.layouts.follower.osUser,
});

const sizeOf = async (work: Work, signal: AbortSignal): Promise<number> => {
  const argv = ['sh', '-c', 'du -sb --apparent-size -- "$1" 2>/dev/null | cut -f1', 'size', work.place.staged];
  const { stdout } = await work.nodes.follower.host.run({ argv, as: work.layouts.follower.osUser }, { signal });
  return Number(stdout.trim() || 0);
};

const showProgress = (work: Work, { signal, progress }: StepContext) => {
  const meter = createPaceMeter();
  // Logs and temporary files are not among it, so that it may come to a little less.
  const total = work.context.facts.source.server?.dataBytes ?? 0;
  let last = 0;
  return async (): Promise<void> => {
    if (Date.now() - last < 1000) return;
    const bytes = await sizeOf(work, signal);
    last = Date.now();
    const whole = Math.max(total, bytes);
    progress({ bytes, total: whole, ...meter.add(bytes, whole), phase: 'copying' });
  };
};

/** mariadb-backup's stream goes from the source straight into staging: a job on the follower, which goes on whatever happens to us. */
export const copyBackup = (work: Work): Step => {
  const { follower, source } = work.nodes;
  const layout = work.layouts.follower;
  const handle = backupJob(work, 'copy');
  return {
    id: 'transfer.copy',
    title: `back ${source.name} up to ${follower.name}${work.because}`,
    node: follower.name,
    input: { source: source.name, staged: work.place.staged },
    namedAfterRun: true,
    plan: () => [
      ...makeWorkDir(work).map((command) => describe(runs(follower, command))),
      describe(jobs(follower, layout.osUser, pipelineArgv(work))),
    ],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, layout, signal)) === work.run)
        return { state: 'done', evidence: `${follower.name}'s data directory is this run's copy` };
      const bytes = async () => ((await isCopied(work, signal)) ? sizeOf(work, signal) : undefined);
      return copyState({ host: follower.host, handle, what: 'the backup', staged: work.place.staged, bytes }, signal);
    },
    intent: async () => ({ job: { ...handle }, staged: work.place.staged }),
    apply: async (context) => {
      await followJob(context, {
        on: follower,
        guard: () => work.context.guard(),
        job: { handle, argv: pipelineArgv(work) },
        isWhole: () => isCopied(work, context.signal),
        prepare: async (signal) => {
          // What was prepared was another backup.
          await removeJob(follower.host, backupJob(work, 'prepare'));
          for (const command of makeWorkDir(work)) await must(follower.host, command, { signal });
        },
        look: showProgress(work, context),
        hint: 'Mend what it says; a broken backup cannot be gone on with: resume starts it afresh.',
      });
    },
    undo: async ({ signal }) => {
      for (const job of [backupJob(work, 'prepare'), handle]) {
        await cancelJob(follower.host, job);
        await removeJob(follower.host, job);
      }
      await removeWorkDir(work, signal);
    },
  };
};
