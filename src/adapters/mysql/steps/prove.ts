import { ReplctlError } from '../../../errors.ts';
import type { Step, StepContext } from '../../../workflow/step.ts';
import { describe, sql } from '../../action.ts';
import { askServer } from '../ask-server.ts';
import { usesGtid } from '../facts.ts';
import { leavesOut } from '../passed-over.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { warnOfDefiners } from './definers.ts';
import { ask, askUnlogged } from './ask.ts';
import { openDoors } from './start.ts';
import { channelOf, isTailing } from './tail.ts';
import { requireReadable } from './unreadable.ts';

/** A write that would change nothing even where it is let in. */
const harmlessWrite = 'DELETE FROM mysql.db WHERE 1 = 0';
/** ER_OPTION_PREVENTS_STATEMENT. */
const refusedForReading = 1290;

const failure = (work: Work, what: string, hint: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: work.nodes.follower.name,
    message: `${work.nodes.follower.name} is not the follower that it should be: ${what}`,
    hint,
  });

const refusesWrites = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  try {
    await askUnlogged(placeOn(work, 'follower'), signal, [harmlessWrite]);
    return false;
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === refusedForReading) return true;
    throw error;
  }
};

/** Accounts that a read-only MariaDB lets write all the same. */
const privilegedQuery = `SELECT DISTINCT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES
  WHERE PRIVILEGE_TYPE IN ('SUPER', 'READ ONLY ADMIN', 'READ_ONLY ADMIN') AND GRANTEE NOT LIKE '''mariadb.sys''%' ORDER BY 1`;

const warnOfPrivileged = async (work: Work, { signal, warn }: StepContext): Promise<void> => {
  const accounts = await ask<{ grantee: string }>(placeOn(work, 'follower'), signal, privilegedQuery);
  if (accounts.length === 0) return;
  warn({
    code: 'PRIVILEGED_ACCOUNTS',
    node: work.nodes.follower.name,
    message: `MariaDB's read_only does not hold these accounts back: ${accounts.map(({ grantee }) => grantee).join(', ')}`,
    hint: 'Let nobody use them on a follower; take SUPER and READ ONLY ADMIN from those that applications use.',
  });
};

/** Refused beforehand, where its server ran then and nobody allowed it. */
const warnOfFilters = async (work: Work, { signal, warn }: StepContext): Promise<void> => {
  const { follower, leader } = work.nodes;
  const left = leavesOut(await askServer(follower, work.layouts.follower, signal));
  if (left.length === 0) return;
  warn({
    code: 'REPLICATION_FILTERS',
    node: follower.name,
    message: `${follower.name} passes over part of ${leader.name}'s log (${left.join(', ')}): it does not stay its copy`,
    hint: 'Take that out of its option file and restart it.',
  });
};

/** That it is what it says, by looking at it and by trying to write. */
export const prove = (work: Work): Step => {
  const { follower, leader } = work.nodes;
  let proved: string | undefined;
  const look = async (signal: AbortSignal): Promise<string> => {
    const channel = await channelOf(work, signal);
    if (!channel || !isTailing(channel))
      throw failure(work, 'its threads do not run', `See SHOW REPLICA STATUS on ${follower.name}; resume looks again.`);
    const server = await askServer(follower, work.layouts.follower, signal);
    // Asked after the follower: all that it may have is there.
    const top = await askServer(leader, work.layouts.leader, signal);
    const errant = usesGtid(top) ? work.dialect.errant(server.history, top.history) : '';
    if (errant !== '')
      throw failure(
        work,
        `it has transactions that ${leader.name} has not: ${errant.slice(0, 300)}`,
        `Find out who wrote there; replctl abandon ${work.run} takes the follower back.`,
      );
    const open = openDoors(work, server);
    if (open.length > 0) throw failure(work, `${open.join(' and ')} is off`, 'Find out who opened it, then resume.');
    if (work.dialect.closesAdministrators && !(await refusesWrites(work, signal)))
      throw failure(work, 'it took a write', 'Find out who opened it, then resume.');
    return `${follower.name} receives and applies, has no transaction of its own, and ${work.dialect.closesAdministrators ? 'refuses writes' : 'is read-only'}`;
  };
  return {
    id: 'prove.follower',
    title: `prove that ${follower.name} is ${leader.name}'s copy and closed`,
    node: follower.name,
    input: {},
    plan: () => [
      describe(
        sql(
          follower,
          work.dialect.closesAdministrators ? `${harmlessWrite} (is to be refused)` : 'SELECT @@GLOBAL.read_only',
        ),
      ),
    ],
    probe: async () => (proved === undefined ? { state: 'absent' } : { state: 'done', evidence: proved }),
    apply: async (context) => {
      proved = await look(context.signal);
      await requireReadable(work, context);
      await warnOfDefiners(work, context);
      await warnOfFilters(work, context);
      if (!work.dialect.closesAdministrators) await warnOfPrivileged(work, context);
    },
  };
};
