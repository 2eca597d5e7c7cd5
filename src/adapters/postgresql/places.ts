import type { Cast, Node } from '../adapter.ts';
import { renamed, within, type Place } from '../places.ts';
import type { PostgresFacts } from './facts.ts';
import { tablespacePath } from './inspect.ts';

export const placesOf = (
  run: string,
  { follower, source, leader }: Pick<Cast<PostgresFacts>, 'follower' | 'source' | 'leader'>,
  node: Pick<Node, 'database'>,
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
  const tablespaces = (source.server?.tablespaces ?? []).map((tablespace): Place => ({
    kind: 'tablespace',
    entries: `PG_${layout.major}_*`,
    source: tablespace.path,
    ...within(tablespacePath(node, tablespace, leader), run),
  }));
  return [data, ...wal, ...tablespaces];
};
