import { cancelJob, removeJob } from '../../../hosts/job.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, job as jobs, perform, run as runs } from '../../action.ts';
import { copyState } from '../../copy-state.ts';
import { installedRun, type Work } from '../work.ts';
import { basebackupArgv } from './basebackup.ts';
import { followJob, longJob } from './copy-job.ts';
import { endStaleSenders } from './stale-senders.ts';
import { prepareStaging, removeStaging, stagedBytes } from './staging.ts';
import { watchCopy } from './watch-copy.ts';

/** Pulls the copy into staging: a job on the follower, which goes on whatever happens to us. */
export const copy = (work: Work): Step => {
  const { follower, source } = work.nodes;
  const as = work.layouts.follower.osUser;
  const job = longJob(work, 'copy', basebackupArgv(work));
  return {
    id: 'transfer.copy',
    title: `copy ${source.name} to ${follower.name}`,
    node: follower.name,
    input: { source: source.name, staged: work.places.map((place) => place.staged) },
    namedAfterRun: true,
    plan: () => [
      ...prepareStaging(work).map((command) => describe(runs(follower, command))),
      describe(jobs(follower, as, job.argv)),
    ],
    probe: async ({ signal }) => {
      if ((await installedRun(work, signal)) === work.run)
        return { state: 'done', evidence: `${follower.name}'s data directory is this run's copy` };
      const bytes = async () => stagedBytes(work, signal);
      const { handle } = job;
      return copyState({ host: follower.host, handle, what: 'the copy', staged: work.places[0].staged, bytes }, signal);
    },
    intent: async () => ({ job: { ...job.handle }, staged: work.places.map((place) => place.staged) }),
    apply: async (context) => {
      const prepare = async (signal: AbortSignal) => {
        // What was verified was another copy.
        await removeJob(follower.host, longJob(work, 'verify', []).handle);
        await endStaleSenders(work, signal);
        const commands = prepareStaging(work).map((command) => runs(follower, command));
        await perform(commands, { signal, query: async () => undefined });
      };
      await followJob(work, context, {
        job,
        isWhole: async () => (await stagedBytes(work, context.signal)) !== undefined,
        prepare,
        look: watchCopy(work, context),
      });
    },
    undo: async ({ signal }) => {
      await cancelJob(follower.host, job.handle);
      await endStaleSenders(work, signal);
      await removeStaging(work, signal);
      await removeJob(follower.host, job.handle);
    },
  };
};
