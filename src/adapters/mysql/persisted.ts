import { settingsOf, type FragmentState } from './fragment.ts';
import type { Work } from './work.ts';

/** Where MySQL keeps what `SET PERSIST` set, in its data directory; it overrides every option file. */
export const persistedFile = (dataDir: string): string => `${dataDir}/mysqld-auto.cnf`;

/** Both ways to call it. */
const current = (name: string): string => name.replace('slave', 'replica').replace('master', 'source');

const states: readonly FragmentState[] = ['closed', 'tailing'];

/** What the follower's option file sets, and what must not begin by itself on a copy. */
const isGoverned = (work: Work): ((name: string) => boolean) => {
  const names = new Set(
    states.flatMap((state) => settingsOf(work, state)).flatMap((line) => /^(\w+) = /.exec(line)?.[1] ?? []),
  );
  const governed = new Set([...names, 'server_uuid', ...work.dialect.readOnly].map(current));
  return (name) => governed.has(current(name)) || name.startsWith('group_replication');
};

const without = (value: unknown, isLeftOut: (name: string) => boolean): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isLeftOut(name))
      .map(([name, inner]) => [name, without(inner, isLeftOut)]),
  );
};

/**
 * The follower's own settings as its copy is to have them: they are its machine's. Undefined where they cannot be read, or nothing would be left. How the
 * variables are grouped in the file differs by version; a variable is a key wherever it stands. Pure.
 */
export const persistedFor = (work: Work, text: string): string | undefined => {
  try {
    const kept = without(JSON.parse(text), isGoverned(work));
    return typeof kept === 'object' && kept !== null ? `${JSON.stringify(kept)}\n` : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
