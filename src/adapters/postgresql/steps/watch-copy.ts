import { ReplctlError } from '../../../errors.ts';
import type { StepContext } from '../../../workflow/step.ts';
import { createPaceMeter } from '../../../workflow/rate.ts';
import { copyApplication } from '../names.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';
import { readSlot } from './slot.ts';

interface ProgressRow {
  readonly [column: string]: unknown;
  readonly phase: string;
  readonly total: number | null;
  readonly streamed: number | null;
}

const progressQuery = `SELECT p.phase, p.backup_total::float8 AS total, p.backup_streamed::float8 AS streamed
  FROM pg_stat_progress_basebackup p JOIN pg_stat_replication r USING (pid) WHERE r.application_name = $1`;

/** Milliseconds between two looks at the slot and the log's disk. */
const healthEvery = 5000;

/** Bytes left on the upstream's log disk below which the copy is given up, before the leader stops for want of space. */
const leastLogSpace = 256 * 1024 * 1024;

/** Shows how far the copy is, and stops waiting for it where its log is or will be lost. */
export const watchCopy = (work: Work, context: StepContext) => {
  const pace = createPaceMeter();
  let nextHealth = 0;
  let warned = false;
  let copied: number | undefined;
  const source = { node: work.nodes.source, layout: work.layouts.source };
  const health = async (): Promise<void> => {
    const { upstream } = work.nodes;
    const slot = await readSlot({ node: upstream, layout: work.layouts.upstream }, work.run, work.slot, context.signal);
    if (!slot || slot.wal_status === 'lost') throw slotLost(work, slot ? 'has lost its log' : 'is gone');
    if (slot.wal_status === 'unreserved' && !warned) {
      warned = true;
      context.warn({
        code: 'SLOT_UNRESERVED',
        node: upstream.name,
        message: `slot ${work.slot} on ${upstream.name} is beyond max_slot_wal_keep_size: its log can vanish at the next checkpoint`,
        hint: `Raise max_slot_wal_keep_size on ${upstream.name} now (ALTER SYSTEM, reload).`,
      });
    }
    const free = await logSpace(work, context.signal);
    if (free < leastLogSpace) throw logDiskFull(work, free);
  };
  return async (): Promise<void> => {
    const [row] = await ask<ProgressRow>(source, work.run, context.signal, progressQuery, [copyApplication(work.run)]);
    if (row && row.streamed !== null) {
      copied = row.streamed;
      const { streamed, total, phase } = row;
      context.progress({
        phase,
        bytes: streamed,
        ...(total === null ? {} : { total }),
        ...pace.add(streamed, total ?? undefined),
      });
    } else if (copied === undefined) context.progress({ phase: row?.phase ?? 'starting' });
    // The server is done; the follower brings what it has to its disk.
    else context.progress({ phase: 'writing to disk', bytes: copied });
    if (Date.now() < nextHealth) return;
    nextHealth = Date.now() + healthEvery;
    await health();
  };
};

const logSpace = async (work: Work, signal: AbortSignal): Promise<number> => {
  const { dataDir, osUser } = work.layouts.upstream;
  const result = await work.nodes.upstream.host.run(
    { argv: ['df', '-PB1', '--output=avail', '--', `${dataDir}/pg_wal/`], as: osUser },
    { signal },
  );
  const free = Number(result.stdout.trim().split('\n').at(-1));
  return Number.isFinite(free) && result.exitCode === 0 ? free : Infinity;
};

const slotLost = (work: Work, how: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: work.nodes.upstream.name,
    message: `slot ${work.slot} on ${work.nodes.upstream.name} ${how}: the copy could not be followed from`,
    hint: 'replctl abandon ends the copy and undoes the run; raise max_slot_wal_keep_size on the upstream before the next one.',
  });

const logDiskFull = (work: Work, free: number): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: work.nodes.upstream.name,
    message: `only ${Math.round(free / 1e6)} MB are left for the log on ${work.nodes.upstream.name}, which keeps it for this copy`,
    hint: `Make room and resume (the copy goes on meanwhile), or replctl abandon ${work.run}, which lets the log go.`,
  });
