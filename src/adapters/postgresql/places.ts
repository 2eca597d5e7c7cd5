import type { Cast, Node } from '../adapter.ts';
import type { PostgresFacts } from './facts.ts';
import { tablespacePath } from './inspect.ts';

/**
 * One directory of the future follower: where it lies in the end, where the copy is staged, where what was there is set aside. All three
 * on one file system, all named after the run, so that the world can be searched without the journal.
 */
export interface Place {
  readonly kind: 'data' | 'wal' | 'tablespace';
  /** `rename`: the directory as a whole. `entries`: what is in it, where it is a mount point or its parent is not the server's. */
  readonly mode: 'rename' | 'entries';
  readonly final: string;
  readonly staged: string;
  readonly aside: string;
  /** Which entries belong to it, as a glob; a tablespace's directory may serve other versions too. */
  readonly entries: string;
  /** Path on the source, of a tablespace. */
  readonly source?: string;
}

const renamed = (final: string, run: string) => ({
  mode: 'rename' as const,
  final,
  staged: `${final}.replctl-${run}`,
  aside: `${final}.replctl-aside-${run}`,
});
const within = (final: string, run: string) => ({
  mode: 'entries' as const,
  final,
  staged: `${final}/.replctl-${run}/staged`,
  aside: `${final}/.replctl-${run}/aside`,
});

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
