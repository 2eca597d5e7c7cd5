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
  /** Path on the source, of a tablespace; undefined where nobody can be asked for it any more. */
  readonly source?: string;
}

/** The directory as a whole is renamed. */
export const renamed = (final: string, run: string) => ({
  mode: 'rename' as const,
  final,
  staged: `${final}.replctl-${run}`,
  aside: `${final}.replctl-aside-${run}`,
});
/** What is in it is moved: it stays where it is. */
export const within = (final: string, run: string) => ({
  mode: 'entries' as const,
  final,
  staged: `${final}/.replctl-${run}/staged`,
  aside: `${final}/.replctl-${run}/aside`,
});
