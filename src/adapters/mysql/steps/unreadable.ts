import { ReplctlError } from '../../../errors.ts';
import type { StepContext } from '../../../workflow/step.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';

/** A table that cannot be opened has no engine there; it is opened only where a column is asked for that takes it (seen on 11.8). */
const query = `SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name, TABLE_COMMENT AS why FROM information_schema.TABLES
  WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE IS NULL AND DATA_LENGTH IS NULL AND TABLE_SCHEMA NOT LIKE '#mysql50#.replctl-%' ORDER BY 1`;

const named = (tables: readonly { readonly name: string; readonly why: string }[]): string =>
  tables
    .slice(0, 5)
    .map(({ name, why }) => `${name} (${why})`)
    .join(', ');

/**
 * A copy of files may lack what its tool knows nothing of. Throws where the follower has tables that it cannot open; those that the leader cannot open either
 * are told. MySQL's dictionary says nothing of files, and its CLONE goes by the dictionary.
 */
export const requireReadable = async (work: Work, { signal, warn }: StepContext): Promise<void> => {
  const { follower, leader } = work.nodes;
  if (work.dialect.flavour !== 'mariadb') return;
  const closed = await ask<{ name: string; why: string }>(placeOn(work, 'follower'), signal, query);
  if (closed.length === 0) return;
  const there = new Set(
    (await ask<{ name: string; why: string }>(placeOn(work, 'leader'), signal, query)).map(({ name }) => name),
  );
  const lost = closed.filter(({ name }) => !there.has(name));
  if (lost.length > 0)
    throw new ReplctlError({
      code: 'FAILED',
      node: follower.name,
      message: `${follower.name} has ${lost.length} tables that it cannot open, and ${leader.name} can: ${named(lost)}`,
      hint: `replctl abandon ${work.run} takes the follower back; --method dump copies rows instead of files.`,
    });
  warn({
    code: 'TABLES_UNREADABLE',
    node: follower.name,
    message: `${closed.length} tables can be opened neither on ${leader.name} nor on ${follower.name}: ${named(closed)}`,
    hint: 'Mend or drop them on the leader.',
  });
};
