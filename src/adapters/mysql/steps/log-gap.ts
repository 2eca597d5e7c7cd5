import { ReplctlError } from '../../../errors.ts';
import { askServer } from '../ask-server.ts';
import { usesGtid, type ServerFacts } from '../facts.ts';
import type { Dialect } from '../dialect.ts';
import type { LogCoordinates } from '../replica-status.ts';
import type { Work } from '../work.ts';

/**
 * What of the log between the copy and now is gone from the upstream, in words; undefined where nothing is. `history`: all that the follower has. MariaDB's
 * servers find a gap themselves when tailing begins (error 1236): they keep no list of what was purged.
 */
export const gapOf = (
  dialect: Pick<Dialect, 'flavour' | 'missing'>,
  upstream: ServerFacts,
  { history, coordinates }: { readonly history: string; readonly coordinates: LogCoordinates | null },
): string | undefined => {
  if (dialect.flavour === 'mysql' && usesGtid(upstream)) {
    const lost = dialect.missing(upstream.purged, history);
    return lost === 0 ? undefined : `${lost} transactions that the copy has not got are purged there`;
  }
  if (dialect.flavour === 'mariadb' || coordinates === null || upstream.binlogs.files[coordinates.file] !== undefined)
    return undefined;
  return `binlog ${coordinates.file}, in which the copy's position lies, is purged there (the oldest is ${upstream.binlogs.oldest || 'none'})`;
};

/** A gap is refused before tailing begins, never papered over. */
export const requireNoGap = async (
  work: Work,
  copy: { readonly history: string; readonly coordinates: LogCoordinates | null },
  signal: AbortSignal,
): Promise<void> => {
  const { upstream } = work.nodes;
  const gap = gapOf(work.dialect, await askServer(upstream, work.layouts.upstream, signal), copy);
  if (gap === undefined) return;
  throw new ReplctlError({
    code: 'FAILED',
    node: upstream.name,
    message: `the log between the copy and now is gone from ${upstream.name}: ${gap}`,
    hint: `It cannot be tailed: replctl abandon ${work.run}, raise binlog_expire_logs_seconds on ${upstream.name} (and see who purges), then add the follower again.`,
  });
};
