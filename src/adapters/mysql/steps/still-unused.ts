import type { ReplctlError } from '../../../errors.ts';
import { swapObjection } from '../../swap-objection.ts';
import type { MysqlFacts } from '../facts.ts';
import { inspect } from '../inspect.ts';
import { swapChecks } from '../preflight/target.ts';
import type { Work } from '../work.ts';

/** The first objection to putting away what is on the follower now. A server that is down is no more in use than when it was last looked at. Pure. */
export const objectionToSwap = (work: Work, now: MysqlFacts): ReplctlError | undefined => {
  if (now.disk?.serverProcess !== true) return undefined;
  const { facts, nodes, want } = work.context;
  const scene = { facts: { ...facts, follower: now }, nodes, want, method: work.method };
  const [finding] = swapChecks.flatMap((check) => check(scene));
  return finding && swapObjection(finding, work.run);
};

/** The old server served all the while: somebody may have begun to use it, or to follow it. Throws before anything is stopped. */
export const requireUnused = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { leader, source } = work.context.facts;
  const now = await inspect(work.nodes.follower, { signal, target: { peers: [], leader, source } });
  const objection = objectionToSwap(work, now);
  if (objection) throw objection;
};
