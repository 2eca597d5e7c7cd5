import { must } from '../../../hosts/host.ts';
import { startAgain } from '../../old-server.ts';
import { isAlive, lastLog, startCommand } from '../server-control.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';

export const startOldServer = async (work: Work, logFile: string, signal: AbortSignal): Promise<void> => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  const command = { ...startCommand(layout, logFile), guard: work.context.guard() };
  await startAgain(
    {
      on: follower.name,
      dataDir: layout.dataDir,
      isAlive: async () => isAlive(follower, layout, signal),
      start: async () => must(follower.host, command, { signal }),
      ask: async () => ask({ node: follower, layout }, work.run, signal, 'SELECT 1'),
      lastLog: async () => lastLog(follower, layout, logFile),
    },
    signal,
  );
};
