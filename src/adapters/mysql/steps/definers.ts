import type { StepContext } from '../../../workflow/step.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';

/** Views, routines, triggers and events run with the rights of their definers. */
const definedQueries = [
  "SELECT CONCAT('view ', TABLE_SCHEMA, '.', TABLE_NAME) AS what, DEFINER AS definer FROM information_schema.VIEWS WHERE TABLE_SCHEMA NOT IN ('sys', 'mysql')",
  "SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_SCHEMA, '.', ROUTINE_NAME) AS what, DEFINER AS definer FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA NOT IN ('sys', 'mysql')",
  "SELECT CONCAT('trigger ', TRIGGER_SCHEMA, '.', TRIGGER_NAME) AS what, DEFINER AS definer FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA NOT IN ('sys', 'mysql')",
  "SELECT CONCAT('event ', EVENT_SCHEMA, '.', EVENT_NAME) AS what, DEFINER AS definer FROM information_schema.EVENTS",
] as const;

/** Those whose definer is no account of the server. */
export const warnOfDefiners = async (
  work: Work,
  { signal, warn }: Pick<StepContext, 'signal' | 'warn'>,
): Promise<void> => {
  const place = placeOn(work, 'follower');
  const accounts = await ask<{ account: string }>(
    place,
    signal,
    "SELECT CONCAT(User, '@', Host) AS account FROM mysql.user",
  );
  const known = new Set(accounts.map(({ account }) => account));
  const orphans: { readonly what: string; readonly definer: string }[] = [];
  for (const query of definedQueries) {
    const defined = await ask<{ what: string; definer: string }>(place, signal, query);
    // A role as a definer has no host part on MariaDB.
    orphans.push(...defined.filter(({ definer }) => !known.has(definer) && !known.has(`${definer}@`)));
  }
  if (orphans.length === 0) return;
  const named = orphans.slice(0, 5).map(({ what, definer }) => `${what} (${definer})`);
  warn({
    code: 'DEFINER_MISSING',
    node: work.nodes.follower.name,
    message: `${orphans.length} objects have a definer that does not exist: ${named.join(', ')}${orphans.length > 5 ? ', …' : ''}`,
    hint: `They fail when they are used, on ${work.nodes.leader.name} as well: make the accounts, or give the objects other definers.`,
  });
};
