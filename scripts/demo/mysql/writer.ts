import type { CommandResult } from '../../../test/lab/command.ts';
import { poll } from '../../../src/workflow/waiting.ts';
import type { Writer } from '../engine.ts';
import type { Server } from '../stage.ts';
import { database, sqlOf, type Flavour } from './sql.ts';

const transaction = [
  'SET @id = 1 + FLOOR(RAND() * 1000000)',
  'START TRANSACTION',
  'UPDATE accounts SET balance = balance + 1 WHERE id = @id',
  'INSERT INTO history (account, delta) VALUES (@id, 1)',
  'COMMIT',
  'DO SLEEP(0.04)',
].join('; ');

/** Four clients that commit about 100 transactions a second, each of which changes a table and adds a row to another. */
export const writerArgv = (flavour: Flavour): readonly string[] => [
  flavour === 'mysql' ? 'mysqlslap' : 'mariadb-slap',
  `--create-schema=${database}`,
  '--no-drop',
  '--concurrency=4',
  '--number-of-queries=10000000',
  '--delimiter=;',
  `--query=${transaction}`,
];

export const startWriter = (flavour: Flavour, leader: Server, signal: AbortSignal): Writer => {
  const sql = sqlOf(flavour);
  const stopping = new AbortController();
  let ended: CommandResult | undefined;
  const running = leader
    .run(writerArgv(flavour), { signal: AbortSignal.any([signal, stopping.signal]), timeoutSeconds: 3700 })
    .catch((error: unknown) => ({ exitCode: 127, stdout: '', stderr: String(error) }))
    .then((result) => {
      ended = result;
    });
  return {
    written: async () => Number(await sql(leader, 'SELECT COUNT(*) FROM history', signal)),
    stop: async () => {
      if (ended) throw new Error(`The writer ended by itself (exit ${ended.exitCode}): ${ended.stderr.trim()}`);
      stopping.abort();
      await running;
      // What was on its way when its client was ended still happens.
      const sessions = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = '${database}' AND ID <> CONNECTION_ID()`;
      const gone = async () => (await sql(leader, sessions, signal)) === '0' || undefined;
      await poll({ every: 100, timeout: 30_000, signal, what: 'the end of the writer' }, gone);
    },
  };
};
