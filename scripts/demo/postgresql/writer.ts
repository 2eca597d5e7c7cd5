import type { CommandResult } from '../../../test/lab/command.ts';
import { poll } from '../../../src/workflow/waiting.ts';
import type { Writer } from '../engine.ts';
import type { Server } from '../stage.ts';
import { database, sql } from './sql.ts';

/** Four clients that commit about 200 transactions a second, each of which changes three tables and adds a row to a fourth. */
export const writerArgv = ['pgbench', '-n', '-c', '4', '-R', '200', '-T', '3600', database] as const;

export const startWriter = (leader: Server, signal: AbortSignal): Writer => {
  const stopping = new AbortController();
  let ended: CommandResult | undefined;
  const running = leader
    .run(writerArgv, { signal: AbortSignal.any([signal, stopping.signal]), timeoutSeconds: 3700 })
    .catch((error: unknown) => ({ exitCode: 127, stdout: '', stderr: String(error) }))
    .then((result) => {
      ended = result;
    });
  return {
    written: async () => Number(await sql(leader, 'SELECT count(*) FROM pgbench_history', signal)),
    stop: async () => {
      if (ended) throw new Error(`The writer ended by itself (exit ${ended.exitCode}): ${ended.stderr.trim()}`);
      stopping.abort();
      await running;
      // A commit that was on its way when its client was ended still happens.
      const sessions = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbench'`;
      const gone = async () => (await sql(leader, sessions, signal)) === '0' || undefined;
      await poll({ every: 100, timeout: 30_000, signal, what: 'the end of the writer' }, gone);
    },
  };
};
