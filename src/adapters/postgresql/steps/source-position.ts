import { ReplctlError } from '../../../errors.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, wait } from '../../action.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';

const upstreamPosition =
  'SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn';

const positionOf = (output: unknown): string | undefined =>
  typeof output === 'object' && output !== null && 'lsn' in output && typeof output.lsn === 'string'
    ? output.lsn
    : undefined;

/**
 * Where the copy is not taken from the upstream: it must not begin before the source has replayed what the upstream had written when the slot
 * was there already. From then on all log after the copy's is reserved.
 */
export const awaitSource = (work: Work): Step => {
  const { source, upstream } = work.nodes;
  const place = { node: source, layout: work.layouts.source };
  const id = 'snapshot.source-position';
  const replayed = async (lsn: string, signal: AbortSignal) => {
    const [row] = await ask<{ there: boolean; lsn: string }>(
      place,
      work.run,
      signal,
      'SELECT coalesce(pg_last_wal_replay_lsn(), pg_current_wal_lsn()) >= $1::pg_lsn AS there, pg_last_wal_replay_lsn()::text AS lsn',
      [lsn],
    );
    return row!;
  };
  let target: string | undefined;
  return {
    id,
    title: `wait until ${source.name} has replayed ${upstream.name}'s position`,
    node: source.name,
    input: { source: source.name },
    plan: () => [
      describe(
        wait(
          source,
          `until pg_last_wal_replay_lsn() has passed ${upstream.name}'s position of after the slot was made`,
        ),
      ),
    ],
    probe: async (context) => {
      const lsn = target ?? positionOf(context.output(id));
      if (lsn === undefined) return { state: 'absent' };
      return (await replayed(lsn, context.signal)).there
        ? { state: 'done', evidence: `${source.name} has replayed ${lsn}`, output: { lsn } }
        : { state: 'partial', evidence: `${source.name} has not replayed ${lsn} yet` };
    },
    apply: async ({ signal, progress }) => {
      const [at] = await ask<{ lsn: string }>(
        { node: upstream, layout: work.layouts.upstream },
        work.run,
        signal,
        upstreamPosition,
      );
      const { lsn } = at!;
      target = lsn;
      await poll(
        {
          every: 500,
          timeout: 3_600_000,
          signal,
          what: `${source.name}'s replay of ${lsn}`,
          late: () =>
            new ReplctlError({
              code: 'FAILED',
              node: source.name,
              message: `${source.name} has not replayed ${lsn} within an hour`,
              hint: 'See its lag with replctl status, or take the copy from another node (--copy-from).',
              retryable: true,
            }),
        },
        async () => {
          const state = await replayed(lsn, signal);
          progress({ phase: `${source.name} is at ${state.lsn}, waiting for ${lsn}` });
          return state.there || undefined;
        },
      );
      return { lsn };
    },
  };
};
