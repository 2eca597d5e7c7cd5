import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import type { FullServerFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { collationsQuery, fullQuery, settingNames } from './server-query.ts';
import { openSession, type Session } from './session.ts';
import { withSession } from './with-session.ts';

type Collations = FullServerFacts['collations'];

const collationsOf = async (session: Session): Promise<Collations> =>
  session.query<Collations[number]>(collationsQuery);

/** Not kept for later: a server may have many databases, a connection has few channels. */
const collationsIn = async (
  node: Node<ReadingHost>,
  layout: Layout,
  database: string,
  signal: AbortSignal,
): Promise<Collations> => {
  const session = await openSession(node, layout, { signal, database });
  try {
    return await collationsOf(session);
  } finally {
    await session.close();
  }
};

/** All that a server tells. What indexes are sorted by stands in each database's own catalog. */
export const askFull = async (
  node: Node<ReadingHost>,
  layout: Layout,
  signal: AbortSignal,
): Promise<FullServerFacts> => {
  const { facts, own } = await withSession(node, layout, { signal }, async (session) => {
    const [row] = await session.query<{ facts: FullServerFacts }>(fullQuery, [settingNames]);
    return { facts: row!.facts, own: await collationsOf(session) };
  });
  const others = facts.databases.filter(({ user_made, connectable }) => user_made && connectable);
  const theirs = await Promise.all(others.map(({ name }) => collationsIn(node, layout, name, signal)));
  return { ...facts, collations: [...own, ...theirs.flat()] };
};
