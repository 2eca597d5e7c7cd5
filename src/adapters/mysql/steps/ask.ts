import type { Text } from '../../../masked.ts';
import type { Node } from '../../adapter.ts';
import type { Layout } from '../layout.ts';
import { withSession } from '../with-session.ts';

export interface Place {
  readonly node: Node;
  readonly layout: Layout;
}

/** One statement, in a session that is kept only for moments: steps are minutes apart, and one held open over a cut link helps nobody. */
export const ask = async <Row extends Record<string, string | null>>(
  { node, layout }: Place,
  signal: AbortSignal,
  statement: Text,
): Promise<Row[]> => withSession(node, layout, { signal }, (session) => session.query<Row>(statement));

/** Statements of one session; the last one's rows. Nothing of them is written to the binlog. */
export const askUnlogged = async <Row extends Record<string, string | null>>(
  { node, layout }: Place,
  signal: AbortSignal,
  statements: readonly Text[],
): Promise<Row[]> =>
  withSession(node, layout, { signal }, async (session) => {
    await session.query('SET SESSION sql_log_bin = 0');
    try {
      let rows: Row[] = [];
      for (const statement of statements) rows = await session.query<Row>(statement);
      return rows;
    } finally {
      // The session is kept for others.
      if (session.isOpen()) await session.query('SET SESSION sql_log_bin = 1').catch(() => undefined);
    }
  });
