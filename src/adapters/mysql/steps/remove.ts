import { must, type LeaseGuard } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import type { Node } from '../../adapter.ts';
import { describe, run as runs, sql } from '../../action.ts';
import { askServer } from '../ask-server.ts';
import { dialectOf } from '../dialect.ts';
import type { MysqlFacts } from '../facts.ts';
import { credentialsPath } from '../layout.ts';
import { accountName } from '../names.ts';
import { layoutOf } from '../work.ts';
import { dropAccount, dropAccountStatement, findAccount } from './accounts.ts';
import { askUnlogged, type Place } from './ask.ts';

export interface Side {
  readonly node: Node;
  readonly facts: MysqlFacts;
}

export interface Removal {
  readonly run: string;
  readonly name: string;
  readonly fleet: string;
  readonly leader: Side;
  readonly upstream: Side;
}

export const placeOf = ({ node, facts }: Side): Place => ({ node, layout: layoutOf(facts) });

/** The node gets no more log, and stays closed: the option file with `read_only` is left where it is. */
export const stopTailing = (removal: Removal, follower: Side & { readonly guard: () => LeaseGuard }): Step => {
  const place = placeOf(follower);
  const dialect = dialectOf(place.layout);
  const credentials = credentialsPath(place.layout);
  const closing = [
    ...dialect.readOnly.map((name) => `SET GLOBAL ${name} = ON`),
    dialect.stopReplica,
    dialect.resetReplica,
  ];
  return {
    id: 'remove.stop-tailing',
    title: `stop tailing on ${removal.name}; it stays closed to writes`,
    node: removal.name,
    input: { node: removal.name },
    plan: () => [
      describe(runs(follower.node, { argv: ['rm', '-f', '--', credentials], as: place.layout.osUser })),
      ...closing.map((statement) => describe(sql(follower.node, statement))),
    ],
    probe: async ({ signal }) => {
      const { replica, settings } = await askServer(follower.node, place.layout, signal);
      if (replica.length > 0) return { state: 'absent' };
      return settings.read_only === 'ON'
        ? { state: 'done', evidence: `${removal.name} has no upstream and is read-only` }
        : { state: 'partial', evidence: `${removal.name} has no upstream, but is not read-only` };
    },
    apply: async ({ signal }) => {
      // First: once it has no upstream this step counts as done, and nobody would come back for the password.
      const argv = ['rm', '-f', '--', credentials];
      await must(follower.node.host, { argv, as: place.layout.osUser, guard: follower.guard() }, { signal });
      await askUnlogged(place, signal, closing);
    },
  };
};

/** The account's name is made from fleet and node: nobody else's is dropped. */
export const dropReplicationAccount = (removal: Removal): Step => {
  const place = placeOf(removal.leader);
  const account = accountName(removal.fleet, removal.name);
  return {
    id: 'remove.account',
    title: `drop the account ${account} on ${place.node.name}`,
    node: place.node.name,
    input: { account },
    plan: () => [describe(sql(place.node, dropAccountStatement(account, ['%'])))],
    probe: async ({ signal }) =>
      (await findAccount(place, account, signal)).length > 0
        ? { state: 'absent' }
        : { state: 'done', evidence: `there is no account ${account}` },
    apply: async ({ signal }) => dropAccount(place, account, signal),
  };
};
