import type { Node } from '../../adapter.ts';
import type { Layout } from '../layout.ts';
import { withSession } from '../with-session.ts';

export interface Place {
  readonly node: Node;
  readonly layout: Layout;
}

/** One statement in a session of its own: steps are minutes apart, and a session held open over a cut link helps nobody. */
export const ask = async <Row extends Record<string, unknown>>(
  { node, layout }: Place,
  run: string,
  signal: AbortSignal,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row[]> =>
  withSession(node, layout, { signal, application: `replctl ${run}` }, (session) =>
    session.query<Row>(statement, values),
  );
