import type { Session } from '../session.ts';
import type { ResumeOptions, ResumeResult } from './contract.ts';
import { carryOut } from './follower-run.ts';
import { continueRemoval } from './remove-follower.ts';
import { stageAgain } from './stage-again.ts';
import { chooseRun } from './unfinished.ts';

/** Goes on with an unfinished run, from wherever the world stands. */
export const resume = async (session: Session, options: ResumeOptions): Promise<ResumeResult> => {
  const start = await chooseRun(session, options, 'resume');
  await session.localStore.ensureWritable();
  if (start.command === 'remove-follower') return continueRemoval(session, start);
  const adapter = await session.adapter();
  const again = await stageAgain(session, adapter, start, options.waitTimeout ?? 3600);
  return carryOut(session, { adapter, ...again, start, resumed: true });
};
