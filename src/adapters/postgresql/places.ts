import type { Json } from '../../workflow/json.ts';
import type { Cast, Node } from '../adapter.ts';
import { renamed, within, type Place } from '../places.ts';
import type { PostgresFacts } from './facts.ts';
import { tablespacePath } from './inspect.ts';

/** Directories that a copy was staged in, by what its step journaled before it began. */
export const stagedBefore = (intent: Json | undefined): readonly string[] =>
  typeof intent === 'object' && intent !== null && 'staged' in intent && Array.isArray(intent.staged)
    ? intent.staged.filter((path) => typeof path === 'string')
    : [];

/** `staged`: where nobody can be asked any more which tablespaces there are, the directories that the copy was staged in. */
export const placesOf = (
  run: string,
  { follower, source, leader }: Pick<Cast<PostgresFacts>, 'follower' | 'source' | 'leader'>,
  node: Pick<Node, 'database'>,
  staged?: readonly string[],
): readonly [Place, ...Place[]] => {
  const { layout, disk } = follower;
  if (!layout || !disk) throw new TypeError(`No cluster on ${follower.node}`);
  const data: Place = {
    kind: 'data',
    entries: '*',
    ...(disk.mount || !disk.parentWritable ? within(layout.dataDir, run) : renamed(layout.dataDir, run)),
  };
  const wal: Place[] = disk.wal
    ? [{ kind: 'wal', entries: '*', ...(disk.wal.mount ? within(disk.wal.dir, run) : renamed(disk.wal.dir, run)) }]
    : [];
  const entries = `PG_${layout.major}_*`;
  if (staged) {
    const isKnown = new Set([data, ...wal].map((place) => place.staged));
    const suffix = `/.replctl-${run}/staged`;
    const others = staged.filter((path) => path.startsWith('/') && path.endsWith(suffix) && !isKnown.has(path));
    const finals = others.map((path) => path.slice(0, -suffix.length));
    return [data, ...wal, ...finals.map((final): Place => ({ kind: 'tablespace', entries, ...within(final, run) }))];
  }
  const tablespaces = (source.server?.tablespaces ?? []).map((tablespace): Place => ({
    kind: 'tablespace',
    entries,
    source: tablespace.path,
    ...within(tablespacePath(node, tablespace, leader), run),
  }));
  return [data, ...wal, ...tablespaces];
};
