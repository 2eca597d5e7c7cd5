import { ReplctlError } from '../../../errors.ts';
import type { Json } from '../../../workflow/json.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, sql } from '../../action.ts';
import type { SlotRow } from '../facts.ts';
import { quoteLiteral } from '../names.ts';
import type { Work } from '../work.ts';
import { ask, type Place } from './ask.ts';
import { endStaleSenders } from './stale-senders.ts';

export const readSlot = async (
  place: Place,
  run: string,
  name: string,
  signal: AbortSignal,
): Promise<SlotRow | undefined> => {
  const rows = await ask<{ slot: SlotRow }>(
    place,
    run,
    signal,
    'SELECT to_jsonb(s) AS slot FROM pg_replication_slots s WHERE slot_name = $1',
    [name],
  );
  return rows[0]?.slot;
};

/** `restart_lsn` as it was when the slot was made: the log-gap rule needs that one, since the copy moves the slot along. */
export const createdAt = (output: Json | undefined): string | undefined =>
  output !== null && typeof output === 'object' && 'restartLsn' in output && typeof output.restartLsn === 'string'
    ? output.restartLsn
    : undefined;

/** Drops a slot that nobody uses any more. A slot in use is an error: whoever uses it is to be ended first. */
export const dropSlot = async (place: Place, run: string, name: string, signal: AbortSignal): Promise<void> => {
  await poll(
    {
      every: 500,
      timeout: 60_000,
      signal,
      what: `${place.node.name} to see that slot ${name} is not in use`,
      late: () => stillActive(place, name),
    },
    async () => {
      const slot = await readSlot(place, run, name, signal);
      if (!slot) return true;
      if (slot.active) return undefined;
      await ask(place, run, signal, 'SELECT pg_drop_replication_slot($1)', [name]);
      return true;
    },
  );
};

const stillActive = (place: Place, name: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: place.node.name,
    message: `replication slot ${name} on ${place.node.name} is still in use`,
    hint: `End what uses it (SELECT active_pid FROM pg_replication_slots WHERE slot_name = ${quoteLiteral(name)}), then run this again.`,
    retryable: true,
  });

/** From here on the upstream keeps its log for the follower. A slot of this run's own: one that an earlier run left is never reused. */
export const reserve = (work: Work): Step => {
  const { upstream } = work.nodes;
  const place = { node: upstream, layout: work.layouts.upstream };
  return {
    id: 'snapshot.slot',
    title: `reserve the log on ${upstream.name} (slot ${work.slot})`,
    node: upstream.name,
    input: { slot: work.slot },
    namedAfterRun: true,
    plan: () => [
      describe(sql(upstream, `SELECT pg_create_physical_replication_slot(${quoteLiteral(work.slot)}, true)`)),
    ],
    probe: async ({ signal }) => {
      const slot = await readSlot(place, work.run, work.slot, signal);
      if (!slot) return { state: 'absent' };
      if (slot.wal_status === 'lost' || slot.restart_lsn === null) {
        throw new ReplctlError({
          code: 'FAILED',
          node: upstream.name,
          message: `slot ${work.slot} on ${upstream.name} has lost its log (${slot.invalidation_reason ?? slot.wal_status ?? 'nothing reserved'})`,
          hint: 'replctl abandon undoes the run; raise max_slot_wal_keep_size (or idle_replication_slot_timeout) on the upstream before the next one.',
        });
      }
      return {
        state: 'done',
        evidence: `slot ${work.slot} reserves the log from ${slot.restart_lsn} on`,
        output: { restartLsn: slot.restart_lsn },
      };
    },
    intent: async () => ({ slot: work.slot }),
    apply: async ({ signal }) => {
      const there = await readSlot(place, work.run, work.slot, signal);
      if (there) return { restartLsn: there.restart_lsn };
      const [row] = await ask<{ lsn: string }>(
        place,
        work.run,
        signal,
        'SELECT lsn::text FROM pg_create_physical_replication_slot($1, true)',
        [work.slot],
      );
      return { restartLsn: row!.lsn };
    },
    undo: async ({ signal }) => {
      if (upstream.gone) return;
      // What the copy's own undoing would have ended.
      if (work.nodes.follower.gone) await endStaleSenders(work, signal);
      await dropSlot(place, work.run, work.slot, signal);
    },
  };
};
