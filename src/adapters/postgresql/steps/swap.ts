import { dirname } from 'node:path/posix';
import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs } from '../../action.ts';
import { isAlive, stopCommand, stopServer } from '../server-control.ts';
import { restoreCommand, swapCommand } from '../../swap-script.ts';
import { swapEngine } from '../swap-engine.ts';
import { installedRun, type Work } from '../work.ts';
import { saidYes } from '../../intent.ts';
import { startOldServer } from './old-server.ts';
import { serverLog } from './start.ts';
import { requireUnused } from './still-unused.ts';

/** Stops the old server and puts the copy in its place; what was there is set aside. Until this step the old server serves. */
export const swap = (work: Work): Step => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  const as = layout.osUser;
  const replaced = work.places.map((place) => ({ final: place.final, aside: place.aside }));
  return {
    id: 'configure.swap',
    title: `put the copy in place on ${follower.name}`,
    node: follower.name,
    input: { places: replaced },
    namedAfterRun: true,
    plan: () => [
      describe(runs(follower, stopCommand(layout))),
      describe(runs(follower, { argv: swapCommand(work.run, work.places, swapEngine), as })),
    ],
    probe: async ({ signal }) =>
      (await installedRun(work, signal)) === work.run
        ? { state: 'done', evidence: `${layout.dataDir} is the copy of ${work.run}` }
        : { state: 'absent' },
    intent: async ({ signal }) => ({ places: replaced, wasRunning: await isAlive(follower, layout, signal) }),
    apply: async ({ signal, progress }) => {
      await requireUnused(work, signal);
      progress({ phase: 'stopping the old server' });
      await stopServer(follower, layout, work.context.guard(), signal);
      progress({ phase: 'moving directories' });
      await must(
        follower.host,
        { argv: swapCommand(work.run, work.places, swapEngine), as, guard: work.context.guard(), timeoutSeconds: 600 },
        { signal },
      );
      return { aside: replaced.map(({ aside }) => aside) };
    },
    undo: async ({ signal, intent }) => {
      if ((await installedRun(work, signal)) === work.run || (await isBegun(work, signal))) {
        await stopServer(follower, layout, work.context.guard(), signal);
        await must(
          follower.host,
          {
            argv: restoreCommand(work.run, work.places, swapEngine),
            as,
            guard: work.context.guard(),
            timeoutSeconds: 600,
          },
          { signal },
        );
      }
      // Also where nothing was moved, or all is back: whoever was cut off may have stopped it and come no further.
      if (saidYes(intent, 'wasRunning')) await startOldServer(work, serverLog(work), signal);
    },
  };
};

/** Was anything moved by this run, or is a move back not finished? */
const isBegun = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const marks = work.places.flatMap(({ mode, staged, aside }) =>
    mode === 'entries' ? [aside, `${dirname(staged)}/moved-out`] : [aside],
  );
  const script = 'for mark in "$@"; do [ ! -e "$mark" ] || exit 0; done; exit 1';
  const result = await work.nodes.follower.host.run(
    { argv: ['sh', '-c', script, 'begun', ...marks], as: work.layouts.follower.osUser },
    { signal },
  );
  return result.exitCode === 0;
};
