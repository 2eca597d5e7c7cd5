import { dirname } from 'node:path/posix';
import { must, type Command } from '../../../hosts/host.ts';
import { removeJob } from '../../../hosts/job.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs, sql, type Action } from '../../action.ts';
import { closeScript } from '../../close-place.ts';
import { pointOfNoReturn } from '../../no-return.ts';
import { quoteLiteral, slotPrefix } from '../names.ts';
import type { Work } from '../work.ts';
import { ask, type Place } from './ask.ts';
import { longJob } from './copy-job.ts';
import { dropSlot } from './slot.ts';

interface OldSlot {
  readonly place: Place;
  readonly name: string;
}

/** Where a follower of this name may have had its slot before: it may have followed another node than the one that it follows now. */
const holders = ({ nodes, layouts }: Work): readonly Place[] =>
  (['upstream', 'leader', 'source'] as const)
    .filter((part, index, all) => all.findIndex((other) => nodes[other].name === nodes[part].name) === index)
    .map((part) => ({ node: nodes[part], layout: layouts[part] }));

/** Slots of this node's earlier runs: the follower that used them is replaced, and they would hold the log of whoever has them for ever. */
const oldSlots = async (work: Work, signal: AbortSignal): Promise<readonly OldSlot[]> => {
  const found = holders(work).map(async (place): Promise<readonly OldSlot[]> => {
    const rows = await ask<{ name: string }>(
      place,
      work.run,
      signal,
      'SELECT slot_name AS name FROM pg_replication_slots WHERE starts_with(slot_name, $1) AND slot_name <> $2 AND NOT active',
      [slotPrefix(work.nodes.follower.name), work.slot],
    );
    return rows.map(({ name }) => ({ place, name }));
  });
  return (await Promise.all(found)).flat();
};

const ownDirectories = (work: Work): readonly string[] =>
  work.places.filter(({ mode }) => mode === 'entries').map(({ staged }) => dirname(staged));

const cleaning = (work: Work): readonly Action[] => {
  const shared = { as: work.layouts.follower.osUser, guard: work.context.guard() };
  const asides = work.places.map((place) => place.aside);
  const own = ownDirectories(work);
  const commands: readonly Command[] = [
    ...(work.context.want.discardOld ? [{ argv: ['rm', '-rf', '--', ...asides], timeoutSeconds: 3600 }] : []),
    ...(own.length > 0 ? [{ argv: ['sh', '-c', closeScript, 'close', ...own] }] : []),
  ];
  return commands.map((command) => runs(work.nodes.follower, { ...command, ...shared }));
};

/** The first path that should be gone and is not. */
const firstLeft = async (work: Work, signal: AbortSignal): Promise<string | undefined> => {
  const paths = [
    ...(work.context.want.discardOld ? work.places.map(({ aside }) => aside) : []),
    ...ownDirectories(work).map((place) => `${place}/moved-out`),
  ];
  if (paths.length === 0) return undefined;
  const script =
    'for path in "$@"; do [ -e "$path" ] || continue; case $path in */moved-out) [ ! -d "${path%/moved-out}/aside" ] || continue;; esac; printf %s "$path"; exit 0; done';
  const { stdout } = await must(
    work.nodes.follower.host,
    { argv: ['sh', '-c', script, 'left', ...paths], as: work.layouts.follower.osUser },
    { signal },
  );
  return stdout === '' ? undefined : stdout;
};

/** After the proof: slots of earlier runs, the jobs' directories, and with --discard-old what was set aside. */
export const tidy = (work: Work): Step => {
  const { follower } = work.nodes;
  const jobs = (['copy', 'verify'] as const).map((name) => longJob(work, name, []).handle);
  return {
    id: 'finish.tidy',
    title: work.context.want.discardOld
      ? 'remove the old data and what the run needed'
      : 'remove what only the run needed',
    node: follower.name,
    input: { discardOld: work.context.want.discardOld },
    plan: () => [
      ...cleaning(work).map(describe),
      ...holders(work).map(({ node }) =>
        describe(
          sql(
            node,
            `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name, ${quoteLiteral(slotPrefix(follower.name))}) AND slot_name <> ${quoteLiteral(work.slot)} AND NOT active`,
          ),
        ),
      ),
    ],
    probe: async ({ signal }) => {
      const [old] = await oldSlots(work, signal);
      if (old)
        return { state: 'absent', evidence: `slot ${old.name} of an earlier run is still on ${old.place.node.name}` };
      const path = await firstLeft(work, signal);
      if (path !== undefined) return { state: 'absent', evidence: `${path} is still there` };
      const left = await follower.host.run(
        { argv: ['test', '-e', `${jobs[0]!.directory}/${jobs[0]!.id}`], as: jobs[0]!.as },
        { signal },
      );
      return left.exitCode === 0
        ? { state: 'absent', evidence: "the copy's job directory is still there" }
        : { state: 'done', evidence: 'nothing of the run is left but the follower' };
    },
    ...(work.context.want.discardOld
      ? pointOfNoReturn(
          work.run,
          follower.name,
          work.places.map(({ aside }) => aside),
        )
      : {}),
    apply: async ({ signal }) => {
      for (const { place, name } of await oldSlots(work, signal)) await dropSlot(place, work.run, name, signal);
      for (const action of cleaning(work))
        if (action.kind === 'run') await must(follower.host, action.command, { signal });
      await Promise.all(jobs.map((job) => removeJob(follower.host, job)));
    },
  };
};
