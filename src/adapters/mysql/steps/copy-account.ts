import { Masked, type Text } from '../../../masked.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, file, perform, sql, type Action } from '../../action.ts';
import { installedRun } from '../../installed-run.ts';
import { clientArgv, optionFile } from '../client.ts';
import { copyCredentialsPath } from '../layout.ts';
import type { Work } from '../work.ts';
import { accountStatements, dropAccount, findAccount, newAccountPassword, placeOn, type Account } from './accounts.ts';
import { ask } from './ask.ts';

const copyAccount = (work: Work, privileges: readonly string[]): Account => ({
  user: work.copyAccount,
  from: work.from,
  privileges,
  tls: work.tls !== 'off',
});

const credentials = (work: Work, password: Text): Text =>
  optionFile(work.layouts.follower, {
    user: work.copyAccount,
    password,
    host: work.nodes.source.address,
    port: work.layouts.source.port,
    tls: work.tls,
  });

const actions = (
  work: Work,
  privileges: readonly string[],
  password: Text,
  existing: readonly string[],
): readonly Action[] => [
  file(work.nodes.follower, {
    path: copyCredentialsPath(work.layouts.follower),
    content: credentials(work, password),
    mode: 0o600,
    as: work.layouts.follower.osUser,
  }),
  ...accountStatements(work.dialect, copyAccount(work, privileges), password, existing).map((statement) =>
    sql(work.nodes.leader, statement),
  ),
];

const logsIn = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const layout = work.layouts.follower;
  const argv = [...clientArgv(layout, copyCredentialsPath(layout)), '--execute', 'SELECT 1'];
  const result = await work.nodes.follower.host.run({ argv, as: layout.osUser, timeoutSeconds: 20 }, { signal });
  return result.exitCode === 0;
};

/** An account that only this run's copy uses, with the rights that the method needs; it goes with the run. */
export const makeCopyAccount = (work: Work, privileges: readonly string[]): Step => {
  const { leader, follower, source } = work.nodes;
  const place = placeOn(work, 'leader');
  return {
    id: 'snapshot.copy-account',
    title: `make the copy's account ${work.copyAccount} on ${leader.name}`,
    node: leader.name,
    input: { account: work.copyAccount, from: [...work.from], privileges: [...privileges] },
    namedAfterRun: true,
    plan: () => actions(work, privileges, new Masked(''), []).map(describe),
    probe: async ({ signal }) => {
      if ((await installedRun(follower, work.layouts.follower, signal)) === work.run)
        return { state: 'done', evidence: 'the copy is in place, its account is not needed any more' };
      return (await logsIn(work, signal))
        ? { state: 'done', evidence: `${work.copyAccount} logs in to ${source.name} from ${follower.name}` }
        : { state: 'absent' };
    },
    intent: async () => ({ account: work.copyAccount }),
    apply: async ({ signal }) => {
      const existing = await findAccount(place, work.copyAccount, signal);
      await perform(actions(work, privileges, newAccountPassword(), existing), {
        signal,
        query: (on, statement) => ask({ node: on, layout: place.layout }, signal, statement),
      });
      await poll(
        { first: 100, every: 1000, timeout: 300_000, signal, what: `${source.name}'s replay of the copy's account` },
        async () => (await logsIn(work, signal)) || undefined,
      );
    },
    undo: async ({ signal }) => removeCopyAccount(work, signal),
  };
};

/** Also when the run is done: the account and its password are of no use any more. */
export const removeCopyAccount = async (work: Work, signal: AbortSignal): Promise<void> => {
  const layout = work.layouts.follower;
  const { leader, follower } = work.nodes;
  if (!leader.gone) await dropAccount(placeOn(work, 'leader'), work.copyAccount, signal);
  if (follower.gone) return;
  await follower.host.run({ argv: ['rm', '-f', '--', copyCredentialsPath(layout)], as: layout.osUser }, { signal });
};
