import { isReplctlError, ReplctlError } from '../errors.ts';
import { poll } from '../workflow/waiting.ts';

/** Milliseconds that it gets to appear among the processes, and then to answer. One that lives but gives no session may always have been so. */
const birth = 10_000;
const patience = 60_000;

/** The server that ran before the swap. */
export interface OldServer {
  /** The node's name. */
  readonly on: string;
  readonly dataDir: string;
  readonly isAlive: () => Promise<boolean>;
  readonly start: () => Promise<unknown>;
  /** Rejects with DATABASE_UNREACHABLE where it gives no session. */
  readonly ask: () => Promise<unknown>;
  readonly lastLog: () => Promise<string | undefined>;
}

const answers = async (server: OldServer): Promise<boolean> => {
  try {
    await server.ask();
    return true;
  } catch (error) {
    if (isReplctlError(error) && error.code === 'DATABASE_UNREACHABLE') return false;
    throw error;
  }
};

/** Has it run again: returns when it answers. Where it runs already that is all. */
export const startAgain = async (server: OldServer, signal: AbortSignal): Promise<void> => {
  if (!(await server.isAlive())) await server.start();
  const began = Date.now();
  await poll(
    { first: 50, every: 500, timeout: patience * 2, signal, what: `the start of ${server.on}'s old server` },
    async () => {
      if (await answers(server)) return true;
      const waited = Date.now() - began;
      if (waited < birth) return undefined;
      if (await server.isAlive()) return waited > patience || undefined;
      const log = await server.lastLog();
      throw new ReplctlError({
        code: 'FAILED',
        node: server.on,
        message: `the old data is back in ${server.dataDir} on ${server.on}, but its server did not start${log ? `; its log ends with: ${log}` : ''}`,
        hint: 'Mend what the log says and start it.',
      });
    },
  );
};
