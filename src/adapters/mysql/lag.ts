import type { Lag, Position } from '../adapter.ts';
import type { Dialect } from './dialect.ts';
import { usesGtid, type ServerFacts } from './facts.ts';
import type { LogCoordinates } from './replica-status.ts';

type Logic = Pick<Dialect, 'missing'>;

/** `binlog.000007` → 7: binlogs are numbered on, also past a million. */
const numberOf = ({ file }: LogCoordinates): number => Number(/\.(\d+)$/.exec(file)?.[1] ?? Number.NaN);

/** Is `reached` at `wanted` or past it, of one and the same binlog? */
const isPast = (reached: LogCoordinates, wanted: LogCoordinates): boolean =>
  numberOf(reached) > numberOf(wanted) ||
  (numberOf(reached) === numberOf(wanted) && reached.position >= wanted.position);

/** Has the follower applied all that the other server had? By history where there are GTIDs, else by the coordinates in the leader's binlog. */
export const hasApplied = (dialect: Logic, follower: ServerFacts, leader: ServerFacts): boolean => {
  if (usesGtid(leader)) return dialect.missing(leader.history, follower.history) === 0;
  const executed = follower.replica[0]?.executed;
  return executed !== undefined && leader.position !== null && isPast(executed, leader.position);
};

/** Null without GTIDs. */
export const transactionsBehind = (dialect: Logic, leader: ServerFacts, follower: ServerFacts): number | null =>
  usesGtid(leader) ? dialect.missing(leader.history, follower.history) : null;

/** Of the leader's binlog, which only its direct followers name positions in: null for others. */
export const bytesBehind = (dialect: Logic, leader: ServerFacts, follower: ServerFacts): number | null => {
  const channel = follower.replica[0];
  if (!channel || !leader.position) return null;
  const { executed } = channel;
  const from = numberOf(executed);
  const sizes = leader.binlogs.files;
  if (sizes[executed.file] === undefined || executed.position > (sizes[executed.file] ?? 0)) return null;
  // All that the history says is applied: the log's last bytes may be no transaction's.
  if (usesGtid(leader) && dialect.missing(leader.history, follower.history) === 0) return 0;
  const later = Object.entries(sizes).filter(([file]) => numberOf({ file, position: 0 }) > from);
  const rest = later.reduce((sum, [, size]) => sum + size, (sizes[executed.file] ?? 0) - executed.position);
  return Math.max(0, rest);
};

export const isBehind = (transactions: number | null, bytes: number | null): boolean =>
  (transactions ?? bytes ?? 0) > 0;

/** Now, in seconds since 1970, is asked of us: clocks that differ are a finding of the preflight. */
export const lagBehind = (dialect: Logic, leader: ServerFacts | undefined, follower: ServerFacts, now: number): Lag => {
  if (!leader) return { bytes: null, seconds: null, transactions: null };
  const transactions = transactionsBehind(dialect, leader, follower);
  const bytes = bytesBehind(dialect, leader, follower);
  if (hasApplied(dialect, follower, leader))
    return { bytes, seconds: 0, transactions: transactions === null ? null : 0 };
  const appliedAt = follower.replica[0]?.appliedAt ?? null;
  return { bytes, transactions, seconds: appliedAt === null ? null : Math.max(0, Math.round(now - appliedAt)) };
};

/** A follower's position is the leader's that it has applied; a leader's is its own. */
export const positionOf = (server: ServerFacts): Position => {
  const [channel] = server.replica;
  const at = channel?.executed.file ? channel.executed : server.position;
  return { ...at, ...(server.history === '' ? {} : { gtid: server.history }) };
};
