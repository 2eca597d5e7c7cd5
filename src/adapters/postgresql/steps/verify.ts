import { cancelJob, inspectJob, removeJob } from '../../../hosts/job.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, job as jobs } from '../../action.ts';
import { installedRun, type Work } from '../work.ts';
import { verifyArgv } from './basebackup.ts';
import { followJob, longJob } from './copy-job.ts';

/** Every file of the copy against the checksums that the source sent with it. */
export const verify = (work: Work): Step => {
  const { follower } = work.nodes;
  const job = longJob(work, 'verify', verifyArgv(work));
  return {
    id: 'transfer.verify',
    title: `verify the copy on ${follower.name}`,
    node: follower.name,
    input: { staged: work.places[0].staged },
    namedAfterRun: true,
    plan: () => [describe(jobs(follower, work.layouts.follower.osUser, job.argv))],
    probe: async ({ signal }) => {
      const [installed, state] = await Promise.all([
        installedRun(work, signal),
        inspectJob(follower.host, job.handle, { signal }),
      ]);
      if (installed === work.run)
        return { state: 'done', evidence: "the copy was verified before it became the follower's data directory" };
      if (state.state === 'ended' && state.exitCode === 0)
        return { state: 'done', evidence: 'every file has the checksum of the backup manifest' };
      return state.state === 'running'
        ? { state: 'partial', evidence: 'the verification is running' }
        : { state: 'absent' };
    },
    intent: async () => ({ job: { ...job.handle } }),
    apply: async (context) => {
      const started = Date.now();
      await followJob(work, context, {
        job,
        isWhole: async () => true,
        prepare: async () => undefined,
        look: async () => context.progress({ phase: `${Math.round((Date.now() - started) / 1000)} s` }),
      });
    },
    undo: async () => {
      await cancelJob(follower.host, job.handle);
      await removeJob(follower.host, job.handle);
    },
  };
};
