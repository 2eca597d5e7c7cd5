import { ReplctlError } from '../../../errors.ts';
import { cancelJob, inspectJob, removeJob, startJob } from '../../../hosts/job.ts';
import { must } from '../../../hosts/host.ts';
import { createPaceMeter } from '../../../workflow/rate.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { describe, job as jobs, run as runs } from '../../action.ts';
import { followJob } from '../../follow-job.ts';
import { installedRun } from '../../installed-run.ts';
import {
  dropScratch,
  initialiseCommand,
  inScratch,
  isScratchRunning,
  makeWorkDir,
  removeWorkDir,
  startScratch,
} from '../scratch-server.ts';
import { positionFile } from '../steps/copy-position.ts';
import type { Work } from '../work.ts';
import { dumpJob, loadJob } from './jobs.ts';
import { spoolOf } from './spool.ts';
import { initFile, initStatements, lastingOptions, loadTarget } from './target.ts';

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
const lastOf = (text: string, word: string): string | undefined =>
  text
    .split('\n')
    .findLast((line) => line.startsWith(`${word} `))
    ?.slice(word.length + 1);

const broken = (work: Work, why: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: work.nodes.source.name,
    message: `the dump of ${work.nodes.source.name} was cut off: ${why}`,
    hint: 'Mend what it says. Its snapshot is gone with it: resume takes a new one, and copies from the beginning.',
    retryable: true,
  });

/** Throws where the dump has ended otherwise than well; tells how far both are. */
const watch = (work: Work, { signal, progress }: StepContext) => {
  const { host } = work.nodes.follower;
  const meter = createPaceMeter();
  let last = 0;
  const now = async (): Promise<void> => {
    const [dump, load] = await Promise.all([
      inspectJob(host, dumpJob(work).handle, { signal }),
      inspectJob(host, loadJob(work).handle, { signal }),
    ]);
    last = Date.now();
    if (dump.state === 'lost') throw broken(work, 'it was killed, or its machine went down');
    if (dump.state === 'ended' && dump.exitCode !== 0)
      throw broken(work, lastLine(dump.stderr) || lastLine(dump.stdout));
    const read = dump.state === 'absent' ? '' : dump.stdout;
    const written = load.state === 'absent' ? '' : load.stdout;
    const bytes = Number(lastOf(written, 'bytes') ?? 0);
    const total = Math.max(Number(lastOf(read, 'total') ?? 0), bytes);
    const phase = lastOf(written, 'phase') ?? lastOf(read, 'phase') ?? 'connecting';
    progress({ bytes, ...(total > 0 ? { total } : {}), ...meter.add(bytes, total > 0 ? total : undefined), phase });
  };
  return Object.assign(
    async (): Promise<void> => {
      if (Date.now() - last >= 700) await now();
    },
    { now },
  );
};

/** Both are begun from nothing: an empty spool, a new server on an empty staged directory, a new snapshot. */
const begin = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { follower } = work.nodes;
  const { osUser } = work.layouts.follower;
  const scratch = loadTarget(work);
  const guard = work.context.guard();
  for (const { handle } of [loadJob(work), dumpJob(work)]) {
    await cancelJob(follower.host, handle);
    await removeJob(follower.host, handle);
  }
  await dropScratch(scratch);
  for (const command of makeWorkDir(work)) await must(follower.host, command, { signal });
  await must(follower.host, { argv: ['mkdir', '-m', '700', '--', spoolOf(work)], as: osUser, guard }, { signal });
  await follower.host.writeFile(
    { path: initFile(work), content: initStatements(work), mode: 0o600, as: osUser, guard },
    { signal },
  );
  const { handle, argv, stdin } = dumpJob(work);
  signal.throwIfAborted();
  await startJob(follower.host, { ...handle, argv, stdin, guard });
  await must(follower.host, initialiseCommand(scratch, lastingOptions(work)), { signal });
  await startScratch(work, scratch, signal);
  if (work.dialect.flavour === 'mysql')
    await inScratch(scratch, signal, (session) => session.query('ALTER INSTANCE DISABLE INNODB REDO_LOG'));
};

/** A dump that goes on, or is complete; and the server that it is loaded into. */
const isAlive = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const { host } = work.nodes.follower;
  const dump = await inspectJob(host, dumpJob(work).handle, { signal });
  const runs = (dump.state === 'running' && !dump.orphaned) || (dump.state === 'ended' && dump.exitCode === 0);
  return runs && (await isScratchRunning(loadTarget(work), signal));
};

/** Everything is in: what is left is the end, which the next step takes up. */
export const isLoaded = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const load = await inspectJob(work.nodes.follower.host, loadJob(work).handle, { signal });
  return load.state === 'ended' && load.exitCode === 0;
};

/** The finished directory, with the position beside its files. */
export const isFinished = async (work: Work, signal: AbortSignal): Promise<boolean> =>
  (await work.nodes.follower.host.readFile(positionFile(work.place.staged), {
    as: work.layouts.follower.osUser,
    signal,
  })) !== undefined;

/** The source is read at one position, in parallel, over the database port, and loaded as it comes into a new server on the staged directory. */
export const copyByDump = (work: Work): Step => {
  const { follower, source } = work.nodes;
  const layout = work.layouts.follower;
  const scratch = loadTarget(work);
  return {
    id: 'transfer.copy',
    title: `dump ${source.name} and load it on ${follower.name}${work.because}`,
    node: follower.name,
    input: { source: source.name, staged: work.place.staged },
    namedAfterRun: true,
    plan: () => [
      ...[...makeWorkDir(work), initialiseCommand(scratch, lastingOptions(work))].map((command) =>
        describe(runs(follower, command)),
      ),
      describe(jobs(follower, layout.osUser, scratch.argv)),
      describe(jobs(follower, layout.osUser, dumpJob(work).argv)),
      describe(jobs(follower, layout.osUser, loadJob(work).argv)),
    ],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, layout, signal)) === work.run)
        return { state: 'done', evidence: `${follower.name}'s data directory is this run's copy` };
      if (await isFinished(work, signal)) return { state: 'done', evidence: `the copy is in ${work.place.staged}` };
      const load = await inspectJob(follower.host, loadJob(work).handle, { signal });
      if (load.state === 'ended' && load.exitCode === 0 && (await isScratchRunning(scratch, signal)))
        return {
          state: 'done',
          evidence: `every row and object of ${source.name} is in ${work.place.staged}`,
          output: { bytes: Number(lastOf(load.stdout, 'bytes') ?? 0), seconds: Math.round(load.seconds) },
        };
      const dump = await inspectJob(follower.host, dumpJob(work).handle, { signal });
      return dump.state === 'absent' && load.state === 'absent'
        ? { state: 'absent' }
        : { state: 'partial', evidence: `the dump is ${dump.state}, the load ${load.state}` };
    },
    intent: async () => ({
      jobs: [{ ...dumpJob(work).handle }, { ...loadJob(work).handle }],
      staged: work.place.staged,
    }),
    apply: async (context) => {
      const { signal } = context;
      if (!(await isAlive(work, signal))) {
        if ((await inspectJob(follower.host, dumpJob(work).handle, { signal })).state !== 'absent')
          context.warn({
            code: 'JOB_BEGUN_ANEW',
            message: `The dump of ${source.name}, or the server on ${follower.name} that it was loaded into, was cut off: a new snapshot is taken, and everything is copied again`,
          });
        context.progress({ phase: 'beginning' });
        await begin(work, signal);
      }
      const look = watch(work, context);
      await followJob(context, {
        on: follower,
        guard: () => work.context.guard(),
        job: loadJob(work),
        isWhole: () => isScratchRunning(scratch, signal),
        prepare: async () => undefined,
        look,
        hint: 'Mend what it says; resume goes on with the pieces that are not in yet.',
        again: 'it goes on with the pieces that are not in yet',
      }).catch(async (error: unknown) => {
        // Whoever loads ends with whoever dumps: the first is the one that knows why.
        if (!signal.aborted) await look.now();
        throw error;
      });
    },
    undo: async ({ signal }) => {
      for (const { handle } of [loadJob(work), dumpJob(work)]) {
        await cancelJob(follower.host, handle);
        await removeJob(follower.host, handle);
      }
      await dropScratch(scratch);
      await removeWorkDir(work, signal);
    },
  };
};
