import { CommandFailed } from '../../../test/lab/command.ts';
import type { Server } from '../stage.ts';

export const database = 'shop';

/** Runs SQL and returns psql's unaligned lines. */
export const sql = async (server: Server, statement: string, signal?: AbortSignal): Promise<string> => {
  const psql = ['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', database];
  const result = await server.run(psql, { input: statement, ...(signal ? { signal } : {}) });
  signal?.throwIfAborted();
  if (result.exitCode !== 0) throw new CommandFailed([...psql, statement], result);
  return result.stdout.trim();
};
