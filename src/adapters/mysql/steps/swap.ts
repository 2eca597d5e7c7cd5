import { must } from '../../../hosts/host.ts';
import type { Json } from '../../../workflow/json.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs } from '../../action.ts';
import { installedRun } from '../../installed-run.ts';
import { saidYes } from '../../intent.ts';
import { restoreCommand, swapCommand } from '../../swap-script.ts';
import { isAlive, stopCommand, stopServer } from '../server-control.ts';
import { swapEngine } from '../swap-engine.ts';
import type { Work } from '../work.ts';
import { fragmentFile, hasFragment, readFragment, restoreFragment, writeFragment } from './fragment-file.ts';
import { defaultsCommands, requireInForce } from './in-force.ts';
import { markCopy } from './mark-copy.ts';
import { startOldServer } from './old-server.ts';
import { requireUnused } from './still-unused.ts';

export const isInstalled = async (work: Work, signal: AbortSignal): Promise<boolean> =>
  (await installedRun(work.nodes.follower, work.layouts.follower, signal)) === work.run;

const fragmentBefore = (intent: Json): string | undefined =>
  typeof intent === 'object' && intent !== null && 'fragment' in intent && typeof intent.fragment === 'string'
    ? intent.fragment
    : undefined;

/** Was anything moved by this run, or is a move back not finished? */
const isBegun = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const { aside, staged, mode } = work.place;
  const marks = mode === 'entries' ? [aside, `${staged.replace(/\/staged$/, '')}/moved-out`] : [aside];
  const script = 'for mark in "$@"; do [ ! -e "$mark" ] || exit 0; done; exit 1';
  const { exitCode } = await work.nodes.follower.host.run(
    { argv: ['sh', '-c', script, 'begun', ...marks], as: work.layouts.follower.osUser },
    { signal },
  );
  return exitCode === 0;
};

/**
 * Stops the old server and puts the copy in its place; what was there is set aside. From before that an option file of ours keeps every server from starting, so
 * that after a power cut none starts on half a copy; afterwards the same file keeps the follower closed.
 */
export const swap = (work: Work): Step => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  const { final, aside } = work.place;
  const engine = swapEngine(layout);
  return {
    id: 'configure.swap',
    title: `put the copy in place on ${follower.name}`,
    node: follower.name,
    input: { final, aside },
    namedAfterRun: true,
    plan: () => [
      describe(fragmentFile(work, 'held')),
      ...defaultsCommands(layout).map((command) => describe(runs(follower, command))),
      describe(runs(follower, stopCommand(layout))),
      describe(runs(follower, { argv: swapCommand(work.run, [work.place], engine), as: layout.osUser })),
      describe(fragmentFile(work, 'closed')),
    ],
    probe: async ({ signal }) => {
      if (!(await isInstalled(work, signal))) return { state: 'absent' };
      const isClosed = (await hasFragment(work, 'closed', signal)) || (await hasFragment(work, 'tailing', signal));
      return isClosed
        ? { state: 'done', evidence: `${final} is the copy of ${work.run}, and closed` }
        : { state: 'partial', evidence: `${final} is the copy of ${work.run}, and no server can start on it yet` };
    },
    intent: async ({ signal }) => ({
      wasRunning: await isAlive(follower, layout, signal),
      fragment: (await readFragment(work, signal)) ?? null,
    }),
    apply: async ({ signal, progress, intent }) => {
      if (!(await isInstalled(work, signal))) {
        await requireUnused(work, signal);
        await markCopy(work, signal);
        await writeFragment(work, 'held', signal);
        await requireInForce(work, signal).catch(async (error: unknown) => {
          // An attempt that was cut off in the midst of the moves needs the hold.
          if (!(await isBegun(work, signal))) await restoreFragment(work, fragmentBefore(intent), signal);
          throw error;
        });
        progress({ phase: 'stopping the old server' });
        await stopServer(follower, layout, work.context.guard(), signal);
        progress({ phase: 'moving directories' });
        const argv = swapCommand(work.run, [work.place], engine);
        const command = { argv, as: layout.osUser, guard: work.context.guard(), timeoutSeconds: 600 };
        await must(follower.host, command, { signal });
      }
      await writeFragment(work, 'closed', signal);
      return { aside: [aside] };
    },
    undo: async ({ signal, intent }) => {
      const before = fragmentBefore(intent);
      if ((await isInstalled(work, signal)) || (await isBegun(work, signal))) {
        await stopServer(follower, layout, work.context.guard(), signal);
        await writeFragment(work, 'held', signal);
        const argv = restoreCommand(work.run, [work.place], engine);
        const command = { argv, as: layout.osUser, guard: work.context.guard(), timeoutSeconds: 600 };
        await must(follower.host, command, { signal });
      }
      if ((await readFragment(work, signal)) !== before) await restoreFragment(work, before, signal);
      // Also where nothing was moved, or all is back: whoever was cut off may have stopped it and come no further.
      if (saidYes(intent, 'wasRunning')) await startOldServer(work, signal);
    },
  };
};
