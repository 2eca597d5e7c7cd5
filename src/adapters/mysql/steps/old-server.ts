import { isReplctlError, ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import { poll } from '../../../workflow/waiting.ts';
import { isAlive, lastLog, startCommand } from '../server-control.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';

/** Milliseconds that it gets to appear among the processes, and then to answer. One that lives but gives no session may always have been so. */
const birth = 10_000;
const patience = 60_000;

const answers = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  try {
    await ask(placeOn(work, 'follower'), signal, 'SELECT 1');
    return true;
  } catch (error) {
    if (isReplctlError(error) && error.code === 'DATABASE_UNREACHABLE') return false;
    throw error;
  }
};

/** Has the server that ran before the swap run again: returns when it answers. Where it runs already that is all. */
export const startOldServer = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  if (!(await isAlive(follower, layout, signal)))
    await must(
      follower.host,
      { ...startCommand(layout, layout.defaultsFile), guard: work.context.guard() },
      { signal },
    );
  const began = Date.now();
  await poll(
    { first: 50, every: 500, timeout: patience * 2, signal, what: `the start of ${follower.name}'s old server` },
    async () => {
      if (await answers(work, signal)) return true;
      const waited = Date.now() - began;
      if (waited < birth) return undefined;
      if (await isAlive(follower, layout, signal)) return waited > patience || undefined;
      const log = await lastLog(follower, layout);
      throw new ReplctlError({
        code: 'FAILED',
        node: follower.name,
        message: `the old data is back in ${layout.dataDir} on ${follower.name}, but its server did not start${log ? `; its log ends with: ${log}` : ''}`,
        hint: 'Mend what the log says and start it.',
      });
    },
  );
};
