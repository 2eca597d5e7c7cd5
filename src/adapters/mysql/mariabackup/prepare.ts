import { must } from '../../../hosts/host.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { describe, job as jobs } from '../../action.ts';
import { followJob } from '../../follow-job.ts';
import { installedRun } from '../../installed-run.ts';
import { positionFile } from '../steps/copy-position.ts';
import type { Work } from '../work.ts';
import { backupJob } from './copy.ts';
import { prepareArgv } from './pipeline.ts';
import { readBackupPosition } from './position-file.ts';
import { withdrawWayIn } from './way-in.ts';

const preparedScript = 'grep -qs "full-prepared" "$1/mariadb_backup_checkpoints" "$1/xtrabackup_checkpoints"';

/** The tool's own files, and what a donor that is a follower knows of its channels: the copy's first start would open them. */
const cleanScript = `
cd -- "$1" || exit 1
rm -f -- mariadb_backup_* xtrabackup_* backup-my.cnf auto.cnf master.info relay-log.info multi-master.info master-*.info relay-log-*.info
sync -f -- "$1"`;

const prepare = async (work: Work, context: StepContext, isPrepared: () => Promise<boolean>): Promise<void> => {
  if (await isPrepared()) return;
  const started = Date.now();
  await followJob(context, {
    on: work.nodes.follower,
    guard: () => work.context.guard(),
    job: { handle: backupJob(work, 'prepare'), argv: prepareArgv(work) },
    isWhole: isPrepared,
    prepare: async () => undefined,
    look: async () => context.progress({ phase: `${Math.round((Date.now() - started) / 1000)} s` }),
    hint: 'Mend what it says, then resume.',
  });
};

/** Every page is brought to one point in time, which is written down beside it; after that nobody needs the way in any more. */
export const prepareBackup = (work: Work): Step => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  const { staged } = work.place;
  const test = async (script: string, signal: AbortSignal): Promise<boolean> =>
    (await follower.host.run({ argv: ['sh', '-c', script, 'test', staged], as: layout.osUser }, { signal }))
      .exitCode === 0;
  return {
    id: 'transfer.prepare',
    title: `bring the backup on ${follower.name} to one point in time`,
    node: follower.name,
    input: { staged },
    namedAfterRun: true,
    plan: () => [describe(jobs(follower, layout.osUser, prepareArgv(work)))],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, layout, signal)) === work.run)
        return { state: 'done', evidence: "the backup was prepared before it became the follower's data directory" };
      if (await test('[ -f "$1/replctl.position" ] && [ ! -f "$1/backup-my.cnf" ]', signal))
        return { state: 'done', evidence: 'the backup is prepared, and says where it was taken' };
      return { state: 'absent' };
    },
    intent: async () => ({ job: { ...backupJob(work, 'prepare') } }),
    apply: async (context) => {
      const { signal } = context;
      // Written when it was prepared, and before the tool's own files go: from then on there is nothing to prepare any more.
      if (!(await test('[ -f "$1/replctl.position" ]', signal))) {
        await prepare(work, context, () => test(preparedScript, signal));
        const content = `${JSON.stringify(await readBackupPosition(work, signal))}\n`;
        await follower.host.writeFile(
          { path: positionFile(staged), content, mode: 0o600, as: layout.osUser, guard: work.context.guard() },
          { signal },
        );
      }
      const guard = work.context.guard();
      await must(
        follower.host,
        { argv: ['sh', '-c', cleanScript, 'clean', staged], as: layout.osUser, guard },
        { signal },
      );
      await withdrawWayIn(work, signal);
    },
  };
};
