import { ReplctlError } from '../../../errors.ts';
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
  if (!finding) return undefined;
  return new ReplctlError({
    code: 'FAILED',
    node: finding.node,
    message: `${finding.message}; it was not so when the run began, and its server was left running`,
    hint:
      finding.code === 'DATA_PRESENT'
        ? `Look at it. Where it may be put aside: replctl abandon ${work.run}, and add the follower again with --replace.`
        : finding.hint,
    details: { finding: finding.code },
  });
};

/** The old server served all the while: somebody may have begun to use it, or to follow it. Throws before anything is stopped. */
export const requireUnused = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { leader, source } = work.context.facts;
  const now = await inspect(work.nodes.follower, { signal, target: { peers: [], leader, source } });
  const objection = objectionToSwap(work, now);
  if (objection) throw objection;
};
