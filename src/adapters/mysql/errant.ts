import type { Dialect } from './dialect.ts';
import { setting, usesGtid, type ServerFacts } from './facts.ts';

/**
 * Transactions that a follower has and its leader has not, where both were asked at about the same time: what the leader itself wrote since may be there already,
 * and is no error. Empty where there are none, or where GTIDs are off.
 */
export const errantTransactions = (
  dialect: Pick<Dialect, 'flavour' | 'errant'>,
  follower: ServerFacts,
  leader: ServerFacts,
): string => {
  if (!usesGtid(leader)) return '';
  const writer = setting(leader, dialect.flavour === 'mysql' ? 'server_uuid' : 'server_id');
  return dialect.errant(follower.history, leader.history, writer);
};
