import { isReplctlError, ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, run as runs, wait } from '../../action.ts';
import { isAlive, lastLog, startCommand, stopServer } from '../server-control.ts';
import { installedRun, type Work } from '../work.ts';
import { ask, type Place } from './ask.ts';

/** The log of a server that is started with `pg_ctl`; others have their own place for it. */
export const serverLog = (work: Work): string => `${work.stateDir}/server.log`;

interface StandbyRow {
  readonly [column: string]: unknown;
  readonly recovering: boolean;
  readonly status: string | null;
  readonly slot: string | null;
}

/** Undefined where the server does not answer: before consistency it refuses connections, which is progress. */
const look = async (work: Work, place: Place, signal: AbortSignal): Promise<StandbyRow | undefined> => {
  try {
    const [row] = await ask<StandbyRow>(
      place,
      work.run,
      signal,
      'SELECT pg_is_in_recovery() AS recovering, (SELECT status FROM pg_stat_wal_receiver) AS status, (SELECT slot_name FROM pg_stat_wal_receiver) AS slot',
    );
    return row;
  } catch (error) {
    if (isReplctlError(error) && error.code === 'DATABASE_UNREACHABLE') return undefined;
    throw error;
  }
};

/** Crash recovery of a large copy takes long; a server that is alive and works is waited for. */
const startLooks = { first: 50, every: 250, timeout: 3_600_000 };
/** A server that accepts sessions but gets no log from its upstream: it retries every 5 s. */
const streamTimeout = 60_000;

const failure = async (work: Work, what: string): Promise<ReplctlError> => {
  const { follower } = work.nodes;
  const log = await lastLog(follower, work.layouts.follower, serverLog(work));
  return new ReplctlError({
    code: 'FAILED',
    node: follower.name,
    message: `${what}${log ? `; its log ends with: ${log}` : ''}`,
    hint: 'Mend what the log says, then resume; the copy is in place and stays closed to writes.',
    details: { log },
  });
};

/** Starts the follower by its machine's own means, and waits until it takes log from the upstream. */
export const start = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  const layout = work.layouts.follower;
  const place = { node: follower, layout };
  return {
    id: 'configure.start',
    title: `start ${follower.name} and stream from ${upstream.name}`,
    node: follower.name,
    input: { slot: work.slot },
    plan: () => [
      describe(runs(follower, startCommand(layout, serverLog(work)))),
      describe(wait(follower, "until pg_stat_wal_receiver says 'streaming'")),
    ],
    probe: async ({ signal }) => {
      const [installed, alive] = await Promise.all([installedRun(work, signal), isAlive(follower, layout, signal)]);
      if (installed !== work.run || !alive) return { state: 'absent' };
      const row = await look(work, place, signal);
      if (!row) return { state: 'partial', evidence: `${follower.name} is starting` };
      if (!row.recovering) throw await failure(work, `${follower.name} is not in recovery: somebody promoted it`);
      if (row.status !== 'streaming' || row.slot !== work.slot)
        return {
          state: 'partial',
          evidence: `${follower.name} runs, but is not streaming (${row.status ?? 'no receiver'})`,
        };
      return { state: 'done', evidence: `${follower.name} streams from ${upstream.name} through ${work.slot}` };
    },
    intent: async () => null,
    apply: async ({ signal, progress }) => {
      const began = Date.now();
      if (!(await isAlive(follower, layout, signal))) {
        await must(
          follower.host,
          { ...startCommand(layout, serverLog(work)), guard: work.context.guard() },
          { signal },
        );
      }
      let answeredAt: number | undefined;
      await poll({ ...startLooks, signal, what: `the start of ${follower.name}` }, async () => {
        const row = await look(work, place, signal);
        if (row?.status === 'streaming') return true;
        if (row) answeredAt ??= Date.now();
        progress({ phase: row ? `waiting for ${upstream.name}'s log` : 'recovering to a consistent state' });
        // Given a moment to write its pid file.
        const alive = row !== undefined || Date.now() - began < 10_000 || (await isAlive(follower, layout, signal));
        if (!alive) throw await failure(work, `${follower.name} did not start`);
        if (answeredAt !== undefined && Date.now() - answeredAt > streamTimeout)
          throw await failure(work, `${follower.name} runs but gets no log from ${upstream.name}`);
        return undefined;
      });
    },
    undo: async ({ signal }) => {
      if ((await installedRun(work, signal)) === work.run)
        await stopServer(follower, layout, work.context.guard(), signal);
    },
  };
};
