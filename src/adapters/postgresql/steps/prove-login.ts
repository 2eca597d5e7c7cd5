import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs } from '../../action.ts';
import type { Work } from '../work.ts';
import { loginArgv, requireLogin, tryLogin } from './login.ts';

/** The proof that the beginnings hold: the follower's own machine logs in, and it is the right cluster that answers. */
export const proveLogin = (work: Work): Step => {
  const { follower } = work.nodes;
  return {
    id: 'snapshot.login',
    title: `log in from ${follower.name} for replication`,
    node: follower.name,
    input: { servers: work.serving.map(({ node }) => node.address) },
    refusesRun: true,
    plan: () =>
      work.serving.map((server) =>
        describe(runs(follower, { argv: loginArgv(work, server), as: work.layouts.follower.osUser })),
      ),
    probe: async ({ signal }) => {
      for (const server of work.serving) {
        const result = await tryLogin(work, server, signal);
        if (!result.ok) return { state: 'absent', evidence: result.reason };
        requireLogin(work, server, result);
      }
      return {
        state: 'done',
        evidence: `${follower.name} logs in to ${work.serving.map(({ node }) => node.name).join(' and ')}`,
      };
    },
    apply: async ({ signal }) => {
      for (const server of work.serving) requireLogin(work, server, await tryLogin(work, server, signal));
    },
  };
};
