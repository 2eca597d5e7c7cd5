import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { ReplctlError } from '../errors.ts';
import { isRunId } from './run-id.ts';
import type { Store } from './store.ts';

export interface LocalStore extends Store {
  readonly directory: string;
  /** Creates the directory and writes and removes a file in it: to be called before any change is made. STATE_UNWRITABLE otherwise. */
  ensureWritable(): Promise<void>;
}

/** `$REPLCTL_STATE_DIR`, else `$XDG_STATE_HOME/replctl`, else `~/.local/state/replctl`. */
export const stateDirectory = (env: Readonly<Record<string, string | undefined>>, home: string): string => {
  const own = env['REPLCTL_STATE_DIR'];
  if (own !== undefined && own !== '') return own;
  const state = env['XDG_STATE_HOME'];
  // The XDG specification has relative paths ignored.
  const base = state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state');
  return join(base, 'replctl');
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const withFile = async (
  path: string,
  flags: string | number,
  work: (file: FileHandle) => Promise<void>,
): Promise<void> => {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
};

const syncDirectory = async (path: string): Promise<void> => withFile(path, 'r', (directory) => directory.sync());

/** A line that a crash or a full disk tore must not swallow the one that follows. */
const endsTorn = async (file: FileHandle): Promise<boolean> => {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
};

/** Journals under the user's state directory: `runs/<run>/journal.ndjson`, directories 0700, files 0600. */
export const createLocalStore = (directory: string): LocalStore => {
  const runs = join(directory, 'runs');
  const unwritable = (path: string, cause: unknown): ReplctlError =>
    new ReplctlError({
      code: 'STATE_UNWRITABLE',
      message: `The journal of the run cannot be written: ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Make room there or give it to this user, or name another directory in REPLCTL_STATE_DIR.',
      details: { path },
      cause,
    });
  const journal = (run: string): string => {
    if (!isRunId(run)) throw new ReplctlError({ code: 'BUG', message: `Not a run id: ${JSON.stringify(run)}` });
    return join(runs, run, 'journal.ndjson');
  };

  /** With the entries of the new directories on the medium, from the first that was created down. */
  const createDirectories = async (path: string): Promise<void> => {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let created = path; created.length >= first.length; created = dirname(created)) {
      await syncDirectory(dirname(created));
    }
  };

  const append = async (path: string, lines: readonly string[]): Promise<void> => {
    await createDirectories(dirname(path));
    await withFile(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, async (file) => {
      const { size } = await file.stat();
      await file.appendFile(`${(await endsTorn(file)) ? '\n' : ''}${lines.join('\n')}\n`);
      await file.sync();
      if (size === 0) await syncDirectory(dirname(path));
    });
  };

  return {
    directory,
    async append(run, ...lines) {
      const path = journal(run);
      try {
        await append(path, lines);
      } catch (error) {
        throw unwritable(path, error);
      }
    },
    async read(run) {
      try {
        return await readFile(journal(run), 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async list() {
      try {
        return (await readdir(runs)).filter(isRunId);
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async ensureWritable() {
      const probe = join(runs, `.probe-${process.pid}`);
      try {
        await createDirectories(runs);
        await withFile(probe, 'w', async (file) => {
          await file.writeFile('replctl\n');
          await file.sync();
        });
        await rm(probe);
      } catch (error) {
        throw unwritable(directory, error);
      }
    },
  };
};
