import { must } from '../../../hosts/host.ts';
import { startAgain } from '../../old-server.ts';
import { isAlive, lastLog, startCommand } from '../server-control.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';

export const startOldServer = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  const command = { ...startCommand(layout, layout.defaultsFile), guard: work.context.guard() };
  await startAgain(
    {
      on: follower.name,
      dataDir: layout.dataDir,
      isAlive: async () => isAlive(follower, layout, signal),
      start: async () => must(follower.host, command, { signal }),
      ask: async () => ask(placeOn(work, 'follower'), signal, 'SELECT 1'),
      lastLog: async () => lastLog(follower, layout),
    },
    signal,
  );
};
