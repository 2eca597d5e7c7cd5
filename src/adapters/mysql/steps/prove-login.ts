import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs } from '../../action.ts';
import type { Work } from '../work.ts';
import { loginArgv, requireLogin, tryLogin } from './login.ts';

/** What the copy and tailing will do is tried beforehand: a login from the follower's host to every server that it will take something from. */
export const proveLogin = (work: Work): Step => {
  const { follower } = work.nodes;
  const names = work.serving.map(({ node }) => node.name).join(' and ');
  return {
    id: 'snapshot.login',
    title: `log in from ${follower.name} to ${names}`,
    node: follower.name,
    input: { account: work.account, servers: work.serving.map(({ node, layout }) => `${node.address}:${layout.port}`) },
    refusesRun: true,
    plan: () =>
      work.serving.map((server) =>
        describe(runs(follower, { argv: loginArgv(work, server), as: work.layouts.follower.osUser })),
      ),
    probe: async ({ signal }) => {
      for (const server of work.serving) {
        const result = await tryLogin(work, server, signal);
        if (!result.ok) return { state: 'partial', evidence: `${server.node.name}: ${result.reason}` };
        requireLogin(work, server, result);
      }
      return { state: 'done', evidence: `${work.account} logs in to ${names} from ${follower.name}` };
    },
    apply: async ({ signal }) => {
      for (const server of work.serving) requireLogin(work, server, await tryLogin(work, server, signal));
    },
  };
};
