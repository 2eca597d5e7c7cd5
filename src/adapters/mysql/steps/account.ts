import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { Masked, type Text } from '../../../masked.ts';
import { describe, file, perform, run as runs, sql, type Action } from '../../action.ts';
import { must } from '../../../hosts/host.ts';
import { saidYes } from '../../intent.ts';
import { optionFile } from '../client.ts';
import { credentialsPath } from '../layout.ts';
import type { Work } from '../work.ts';
import { accountStatements, dropAccount, findAccount, newAccountPassword, placeOn, type Account } from './accounts.ts';
import { ask } from './ask.ts';
import { makeJobsDirectory } from './jobs-directory.ts';
import { tryLogin } from './login.ts';

export const replicationAccount = (work: Work): Account => ({
  user: work.account,
  from: work.from,
  privileges: ['REPLICATION SLAVE'],
  tls: work.tls !== 'off',
});

const credentials = (work: Work, password: Text): Text =>
  optionFile(work.layouts.follower, {
    user: work.account,
    password,
    host: work.nodes.upstream.address,
    port: work.layouts.upstream.port,
    tls: work.tls,
  });

const actions = (work: Work, password: Text, existing: readonly string[]): readonly Action[] => {
  const { follower, leader } = work.nodes;
  const layout = work.layouts.follower;
  return [
    ...makeJobsDirectory(layout).map((command) => runs(follower, command)),
    file(follower, {
      path: credentialsPath(layout),
      content: credentials(work, password),
      mode: 0o600,
      as: layout.osUser,
    }),
    ...accountStatements(work.dialect, replicationAccount(work), password, existing).map((statement) =>
      sql(leader, statement),
    ),
  ];
};

/** Accounts reach a follower with the log: its logins fail until then. */
export const awaitAccount = async (work: Work, signal: AbortSignal): Promise<void> => {
  for (const server of work.serving.filter(({ node }) => node.name !== work.nodes.leader.name)) {
    await poll(
      { first: 100, every: 1000, timeout: 300_000, signal, what: `${server.node.name}'s replay of the new account` },
      async () => {
        const result = await tryLogin(work, server, signal);
        return result.ok || result.kind !== 'password' || undefined;
      },
    );
  }
};

/**
 * The follower's replication account on the leader, with the one right that it needs; its password lies on the follower alone, where the server needs it. An
 * account that logs in already is left as it is.
 */
export const account = (work: Work): Step => {
  const { leader, follower } = work.nodes;
  const place = placeOn(work, 'leader');
  return {
    id: 'snapshot.account',
    title: `make the replication account ${work.account} on ${leader.name}`,
    node: leader.name,
    input: { account: work.account, from: [...work.from] },
    refusesRun: true,
    plan: () => actions(work, new Masked(''), []).map(describe),
    probe: async ({ signal }) => {
      const hosts = await findAccount(place, work.account, signal);
      if (!work.from.every((host) => hosts.includes(host))) return { state: 'absent' };
      for (const server of work.serving) {
        const result = await tryLogin(work, server, signal);
        // Other failures are not the account's: the next step names them.
        if (!result.ok && result.kind !== 'unreachable')
          return { state: 'partial', evidence: `${server.node.name} refuses ${work.account}: ${result.reason}` };
      }
      return { state: 'done', evidence: `${work.account} exists and ${follower.name} has its password` };
    },
    intent: async ({ signal }) => ({ existed: (await findAccount(place, work.account, signal)).length > 0 }),
    apply: async ({ signal }) => {
      const existing = await findAccount(place, work.account, signal);
      await perform(actions(work, newAccountPassword(), existing), {
        signal,
        query: (on, statement) => ask({ node: on, layout: place.layout }, signal, statement),
      });
      await awaitAccount(work, signal);
    },
    undo: async ({ signal, intent }) => {
      const layout = work.layouts.follower;
      if (saidYes(intent, 'existed')) return;
      if (!leader.gone) await dropAccount(place, work.account, signal);
      if (follower.gone) return;
      // Of the node alone, and nothing of it is used any more.
      await must(follower.host, { argv: ['rm', '-rf', '--', layout.jobsDir], as: layout.adminUser }, { signal });
    },
  };
};
