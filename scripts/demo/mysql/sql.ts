import { CommandFailed } from '../../../test/lab/command.ts';
import type { Server } from '../stage.ts';

export const database = 'shop';

export type Flavour = 'mysql' | 'mariadb';

/** Runs SQL and returns the client's lines, values apart by tabs. */
export const sqlOf =
  (flavour: Flavour) =>
  async (server: Server, statement: string, signal?: AbortSignal): Promise<string> => {
    const client = [flavour, '--batch', '--skip-column-names', database];
    const result = await server.run(client, { input: statement, ...(signal ? { signal } : {}) });
    signal?.throwIfAborted();
    if (result.exitCode !== 0) throw new CommandFailed([...client, statement], result);
    return result.stdout.trim();
  };
