import { must, type Command } from '../../../hosts/host.ts';
import { removeJob, type JobHandle } from '../../../hosts/job.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs } from '../../action.ts';
import { closeScript } from '../../close-place.ts';
import { pointOfNoReturn } from '../../no-return.ts';
import { positionFile } from './copy-position.ts';
import { findAccount, placeOn } from './accounts.ts';
import { removeCopyAccount } from './copy-account.ts';
import { fragmentFile, hasFragment, writeFragment } from './fragment-file.ts';
import { holdsBinlogs, releaseBinlogs } from './retention.ts';
import type { CopyMethod } from '../copy-method.ts';
import { copyCredentialsPath } from '../layout.ts';
import type { Work } from '../work.ts';

const cleaning = (work: Work): readonly Command[] => {
  const { osUser, dataDir } = work.layouts.follower;
  const { place, workDir } = work;
  const shared = { as: osUser, guard: work.context.guard() };
  const old = work.context.want.discardOld ? [place.aside] : [];
  return [
    {
      ...shared,
      argv: ['rm', '-rf', '--', workDir, positionFile(dataDir), copyCredentialsPath(work.layouts.follower), ...old],
      timeoutSeconds: 3600,
    },
    ...(place.mode === 'entries'
      ? [{ ...shared, argv: ['sh', '-c', closeScript, 'close', place.staged.replace(/\/staged$/, '')] }]
      : []),
  ];
};

/** The first of the run's paths that is still there. */
const firstLeft = async (work: Work, jobs: readonly JobHandle[], signal: AbortSignal): Promise<string | undefined> => {
  const { osUser, dataDir } = work.layouts.follower;
  const paths = [
    work.workDir,
    positionFile(dataDir),
    copyCredentialsPath(work.layouts.follower),
    ...jobs.map(({ directory, id }) => `${directory}/${id}`),
    ...(work.context.want.discardOld ? [work.place.aside] : []),
  ];
  const script = 'for path in "$@"; do if [ -e "$path" ]; then printf %s "$path"; exit 0; fi; done';
  const { stdout } = await must(
    work.nodes.follower.host,
    { argv: ['sh', '-c', script, 'left', ...paths], as: osUser },
    { signal },
  );
  return stdout === '' ? undefined : stdout;
};

/** After the proof: the copy's account, jobs and files go, the binlogs' retention is put back, and a restart goes on following by itself. */
export const tidy = (work: Work, method: CopyMethod): Step => {
  const jobs = method.jobs(work);
  const { follower, upstream, leader } = work.nodes;
  return {
    id: 'finish.tidy',
    title: work.context.want.discardOld
      ? 'remove the old data and what the run needed'
      : 'remove what only the run needed',
    node: follower.name,
    input: { discardOld: work.context.want.discardOld },
    plan: () => [
      describe(fragmentFile(work, 'tailing')),
      ...cleaning(work).map((command) => describe(runs(follower, command))),
    ],
    probe: async ({ signal }) => {
      if (!(await hasFragment(work, 'tailing', signal)))
        return { state: 'absent', evidence: `${follower.name} would not go on following after a restart` };
      const hosts = await findAccount(placeOn(work, 'leader'), work.copyAccount, signal);
      if (hosts.length > 0) return { state: 'absent', evidence: `${work.copyAccount} is still on ${leader.name}` };
      if (await holdsBinlogs(work, signal))
        return { state: 'absent', evidence: `${upstream.name} still keeps its binlogs for the run` };
      const held = await method.holds?.(work, signal);
      if (held !== undefined) return { state: 'absent', evidence: held };
      const path = await firstLeft(work, jobs, signal);
      return path === undefined
        ? { state: 'done', evidence: 'nothing of the run is left but the follower' }
        : { state: 'absent', evidence: `${path} is still there` };
    },
    ...(work.context.want.discardOld ? pointOfNoReturn(work.run, follower.name, [work.place.aside]) : {}),
    apply: async ({ signal }) => {
      await writeFragment(work, 'tailing', signal);
      await removeCopyAccount(work, signal);
      await releaseBinlogs(work, signal);
      await method.release?.(work, signal);
      await Promise.all(jobs.map(async (job) => removeJob(follower.host, job)));
      for (const command of cleaning(work)) await must(follower.host, command, { signal });
    },
  };
};
