import { ReplctlError } from '../../../errors.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, sql } from '../../action.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';
import { readSlot } from './slot.ts';

interface Claims {
  readonly [column: string]: unknown;
  readonly recovering: boolean;
  readonly system: string;
  readonly timeline: number | null;
  readonly status: string | null;
}

const claimsQuery = `SELECT pg_is_in_recovery() AS recovering, (SELECT system_identifier::text FROM pg_control_system()) AS system,
  (SELECT received_tli FROM pg_stat_wal_receiver) AS timeline, (SELECT status FROM pg_stat_wal_receiver) AS status`;
const leaderQuery = `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int AS timeline`;

/** A harmless write: only a number is taken, and a follower must refuse even that. */
const harmlessWrite = 'SELECT pg_current_xact_id()';

/** Refused: 25006 read only, 55000 "cannot assign TransactionIds during recovery". */
const refusesWrites = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  try {
    await ask({ node: work.nodes.follower, layout: work.layouts.follower }, work.run, signal, harmlessWrite);
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === '25006' || error.code === '55000')) return true;
    throw error;
  }
};

/** What is not as it must be; empty where the follower is what it says. */
const objections = async (work: Work, signal: AbortSignal): Promise<readonly string[]> => {
  const { leader, follower, upstream } = work.nodes;
  const [claims] = await ask<Claims>({ node: follower, layout: work.layouts.follower }, work.run, signal, claimsQuery);
  const [truth] = await ask<{ system: string; timeline: number }>(
    { node: leader, layout: work.layouts.leader },
    work.run,
    signal,
    leaderQuery,
  );
  const slot = await readSlot({ node: upstream, layout: work.layouts.upstream }, work.run, work.slot, signal);
  return [
    ...(claims!.system === truth!.system
      ? []
      : [`its system identifier is ${claims!.system}, the leader's ${truth!.system}`]),
    ...(claims!.recovering ? [] : ['it is not in recovery']),
    ...(claims!.status === 'streaming' ? [] : [`its receiver is ${claims!.status ?? 'not there'}`]),
    ...(claims!.timeline === null || claims!.timeline === truth!.timeline
      ? []
      : [`it is on timeline ${claims!.timeline}, the leader on ${truth!.timeline}`]),
    ...(slot?.active ? [] : [`slot ${work.slot} on ${upstream.name} is ${slot ? 'not in use' : 'gone'}`]),
    ...((await refusesWrites(work, signal)) ? [] : ['it accepts writes']),
  ];
};

/** Proof by looking at both sides, after all is done. A walsender that reconnects at this moment gets a few seconds. */
export const prove = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  return {
    id: 'prove.follower',
    title: `prove that ${follower.name} follows ${upstream.name} and refuses writes`,
    node: follower.name,
    input: { slot: work.slot },
    plan: () => [claimsQuery, harmlessWrite].map((statement) => describe(sql(follower, statement))),
    probe: async ({ signal }) => {
      const found = await objections(work, signal);
      return found.length === 0
        ? {
            state: 'done',
            evidence: `${follower.name} is of the leader's cluster, in recovery, streaming through ${work.slot}, and refuses writes`,
          }
        : { state: 'absent', evidence: found.join('; ') };
    },
    apply: async ({ signal }) => {
      let last: readonly string[] = [];
      const late = () =>
        new ReplctlError({
          code: 'FAILED',
          node: follower.name,
          message: `${follower.name} is not a sound follower: ${last.join('; ')}`,
          hint: 'See replctl status, mend it, and resume.',
        });
      await poll({ every: 500, timeout: 15_000, signal, what: 'the proof', late }, async () => {
        last = await objections(work, signal);
        return last.length === 0 || undefined;
      });
    },
  };
};
