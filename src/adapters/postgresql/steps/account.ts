import { masked, Masked, type Text } from '../../../masked.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, file, perform, run as runs, sql, type Action } from '../../action.ts';
import { passfileLine } from '../conninfo.ts';
import { ownership, quoteIdent, quoteLiteral } from '../names.ts';
import { newPassword } from '../../new-password.ts';
import { scramVerifier } from '../scram.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';
import { saidYes } from '../../intent.ts';
import { tryLogin } from './login.ts';

const roleStatements = (work: Work, verifier: Text, existed: boolean): Text => {
  const role = quoteIdent(work.role);
  const { fleet, name } = work.nodes.follower;
  return masked`BEGIN; ${existed ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN REPLICATION PASSWORD '${verifier}'; COMMENT ON ROLE ${role} IS ${quoteLiteral(ownership(fleet, name))}; COMMIT`;
};

const passfile = (work: Work, password: Text): Text =>
  work.serving
    .map(
      ({ node, layout }) => masked`${passfileLine([node.address, String(layout.port), '*', work.role])}:${password}\n`,
    )
    .reduce((all, line) => masked`${all}${line}`);

const actions = (work: Work, password: Text, verifier: Text, existed: boolean): readonly Action[] => {
  const { follower, leader } = work.nodes;
  const as = work.layouts.follower.osUser;
  return [
    runs(follower, { argv: ['install', '-d', '-m', '700', work.stateDir], as }),
    file(follower, { path: work.passfile, content: passfile(work, password), mode: 0o600, as }),
    sql(leader, roleStatements(work, verifier, existed)),
  ];
};

/** The role exists on a follower only once it is replayed there. */
const waitForReplay = async (work: Work, signal: AbortSignal): Promise<void> => {
  const leader = { node: work.nodes.leader, layout: work.layouts.leader };
  const [row] = await ask<{ lsn: string }>(leader, work.run, signal, 'SELECT pg_current_wal_insert_lsn()::text AS lsn');
  for (const server of work.serving.filter(({ node }) => node.name !== leader.node.name)) {
    await poll(
      { every: 500, timeout: 300_000, signal, what: `${server.node.name}'s replay of the new role (${row!.lsn})` },
      async () => {
        const [replayed] = await ask<{ there: boolean }>(
          server,
          work.run,
          signal,
          'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there',
          [row!.lsn],
        );
        return replayed!.there || undefined;
      },
    );
  }
};

const findRole = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const leader = { node: work.nodes.leader, layout: work.layouts.leader };
  const rows = await ask(leader, work.run, signal, 'SELECT 1 FROM pg_roles WHERE rolname = $1', [work.role]);
  return rows.length > 0;
};

/**
 * The follower's replication role on the leader (a standby cannot make one), its password known to the follower's password file alone: the server is sent
 * a SCRAM verifier. A role that logs in already is left as it is.
 */
export const account = (work: Work): Step => {
  const { leader, follower } = work.nodes;
  return {
    id: 'snapshot.account',
    title: `make the replication role ${work.role} on ${leader.name}`,
    node: leader.name,
    input: { role: work.role },
    refusesRun: true,
    plan: () => actions(work, new Masked(''), new Masked(''), false).map(describe),
    probe: async ({ signal }) => {
      if (!(await findRole(work, signal))) return { state: 'absent' };
      for (const server of work.serving) {
        const result = await tryLogin(work, server, signal);
        // Other failures are not the account's: the next step names them.
        if (!result.ok && result.kind === 'password')
          return { state: 'partial', evidence: `${server.node.name} refuses ${work.role}: ${result.reason}` };
      }
      return { state: 'done', evidence: `${work.role} exists and ${follower.name} has its password` };
    },
    intent: async ({ signal }) => ({ existed: await findRole(work, signal) }),
    apply: async ({ signal }) => {
      const password = newPassword();
      const existed = await findRole(work, signal);
      await perform(actions(work, new Masked(password), await scramVerifier(password), existed), {
        signal,
        query: (on, statement) => ask({ node: on, layout: work.layouts.leader }, work.run, signal, statement),
      });
      await waitForReplay(work, signal);
    },
    undo: async ({ signal, intent }) => {
      if (saidYes(intent, 'existed')) return;
      const drop = `DROP ROLE IF EXISTS ${quoteIdent(work.role)}`;
      if (!leader.gone) await ask({ node: leader, layout: work.layouts.leader }, work.run, signal, drop);
      if (follower.gone) return;
      await follower.host.run(
        { argv: ['rm', '-f', '--', work.passfile], as: work.layouts.follower.osUser },
        { signal },
      );
    },
  };
};
