import { cancelJob, inspectJob, removeJob, type JobHandle } from '../../../hosts/job.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, job as jobs } from '../../action.ts';
import type { Cast } from '../../adapter.ts';
import { followJob } from '../../follow-job.ts';
import { installedRun } from '../../installed-run.ts';
import type { MysqlFacts } from '../facts.ts';
import type { Work } from '../work.ts';

export const verifyJob = ({ run, layouts: { follower } }: Work): JobHandle => ({
  id: `verify-${run}`,
  directory: follower.jobsDir,
  as: follower.osUser,
});

/** A clone sends files as they lie on the donor's disk: a page that is damaged there comes along, and is found when somebody reads it. */
export const canVerify = ({ follower }: Pick<Cast<MysqlFacts>, 'follower'>): boolean =>
  follower.disk?.programs.includes('innochecksum') === true;

/**
 * The program does not say which file it reads. It takes every page of an encrypted tablespace for damaged (seen on 9.7): such files are left out, by the flag in
 * their first page (bit 13 of FSP_SPACE_FLAGS).
 */
const oneFile = `[ $(($(od -An -tu1 -j 56 -N 1 -- "$1") & 32)) = 0 ] || exit 0
"$0" "$1" >/dev/null || { printf '%s ' "$1"; exit 1; }`;

/** All that are damaged are named, in the last line. */
const script = `
cd -- "$1" || exit 1
damaged=$(find . -type f '(' -name '*.ibd' -o -name 'ibdata*' -o -name 'undo_*' -o -name '*.ibu' ')' -size +0 -print0 |
  xargs -0 -r -n 1 -P "$2" sh -c "$4" "$3") || { echo "pages do not have their checksums in: $damaged" >&2; exit 1; }`;

const argvOf = ({ place, context, layouts: { follower } }: Work): readonly string[] => [
  'sh',
  '-c',
  script,
  'verify',
  place.staged,
  String(Math.max(1, context.facts.follower.machine.cores)),
  `${follower.clientDir}/innochecksum`,
  oneFile,
];

/** Every page of every tablespace against its own checksum, by the server's own tool, before a server has opened the copy. */
export const verify = (work: Work): Step => {
  const { follower, source } = work.nodes;
  const handle = verifyJob(work);
  const argv = argvOf(work);
  return {
    id: 'transfer.verify',
    title: `check the pages of the copy on ${follower.name}`,
    node: follower.name,
    input: { staged: work.place.staged },
    namedAfterRun: true,
    plan: () => [describe(jobs(follower, handle.as, argv))],
    probe: async ({ signal }) => {
      const [installed, state] = await Promise.all([
        installedRun(follower, work.layouts.follower, signal),
        inspectJob(follower.host, handle, { signal }),
      ]);
      if (installed === work.run)
        return { state: 'done', evidence: "the copy was checked before it became the follower's data directory" };
      if (state.state === 'ended' && state.exitCode === 0)
        return { state: 'done', evidence: 'every page has the checksum that it carries' };
      return state.state === 'running' ? { state: 'partial', evidence: 'the check is running' } : { state: 'absent' };
    },
    intent: async () => ({ job: { ...handle } }),
    apply: async (context) => {
      const started = Date.now();
      await followJob(context, {
        on: follower,
        guard: () => work.context.guard(),
        job: { handle, argv },
        isWhole: async () => true,
        prepare: async () => undefined,
        look: async () => context.progress({ phase: `${Math.round((Date.now() - started) / 1000)} s` }),
        hint: `Look for the same on ${source.name} (CHECK TABLE); replctl abandon ${work.run} takes the follower back.`,
      });
    },
    undo: async () => {
      await cancelJob(follower.host, handle);
      await removeJob(follower.host, handle);
    },
  };
};
