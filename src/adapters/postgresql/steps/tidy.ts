import { must } from '../../../hosts/host.ts';
import { removeJob } from '../../../hosts/job.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs, sql, type Action } from '../../action.ts';
import { quoteLiteral, slotPrefix } from '../names.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';
import { longJob } from './copy-job.ts';
import { dropSlot } from './slot.ts';

/** Slots of this node's earlier runs: the follower that used them is replaced, and they would hold the upstream's log for ever. */
const oldSlots = async (work: Work, signal: AbortSignal): Promise<readonly string[]> => {
  const place = { node: work.nodes.upstream, layout: work.layouts.upstream };
  const rows = await ask<{ name: string }>(
    place,
    work.run,
    signal,
    'SELECT slot_name AS name FROM pg_replication_slots WHERE starts_with(slot_name, $1) AND slot_name <> $2 AND NOT active',
    [slotPrefix(work.nodes.follower.name), work.slot],
  );
  return rows.map(({ name }) => name);
};

const discard = (work: Work): readonly Action[] => {
  if (!work.context.want.discardOld) return [];
  const argv = ['rm', '-rf', '--', ...work.places.map((place) => place.aside)];
  return [
    runs(work.nodes.follower, {
      argv,
      as: work.layouts.follower.osUser,
      guard: work.context.guard(),
      timeoutSeconds: 3600,
    }),
  ];
};

const asideLeft = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  if (!work.context.want.discardOld) return false;
  const result = await work.nodes.follower.host.run(
    { argv: ['test', '-e', work.places[0].aside], as: work.layouts.follower.osUser },
    { signal },
  );
  return result.exitCode === 0;
};

/** After the proof: slots of earlier runs, the jobs' directories, and with --discard-old what was set aside. */
export const tidy = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  const jobs = (['copy', 'verify'] as const).map((name) => longJob(work, name, []).handle);
  return {
    id: 'finish.tidy',
    title: work.context.want.discardOld
      ? 'remove the old data and what the run needed'
      : 'remove what only the run needed',
    node: follower.name,
    input: { discardOld: work.context.want.discardOld },
    plan: () => [
      ...discard(work).map(describe),
      describe(
        sql(
          upstream,
          `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name, ${quoteLiteral(slotPrefix(follower.name))}) AND slot_name <> ${quoteLiteral(work.slot)} AND NOT active`,
        ),
      ),
    ],
    probe: async ({ signal }) => {
      const old = await oldSlots(work, signal);
      if (old.length > 0)
        return { state: 'absent', evidence: `slot ${old.join(', ')} of an earlier run is still on ${upstream.name}` };
      if (await asideLeft(work, signal)) return { state: 'absent', evidence: `${work.places[0].aside} is still there` };
      const left = await follower.host.run(
        { argv: ['test', '-e', `${jobs[0]!.directory}/${jobs[0]!.id}`], as: jobs[0]!.as },
        { signal },
      );
      return left.exitCode === 0
        ? { state: 'absent', evidence: "the copy's job directory is still there" }
        : { state: 'done', evidence: 'nothing of the run is left but the follower' };
    },
    apply: async ({ signal }) => {
      for (const slot of await oldSlots(work, signal))
        await dropSlot({ node: upstream, layout: work.layouts.upstream }, work.run, slot, signal);
      for (const action of discard(work))
        if (action.kind === 'run') await must(follower.host, action.command, { signal });
      for (const job of jobs) await removeJob(follower.host, job);
    },
  };
};
