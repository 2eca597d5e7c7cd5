import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { observeBy, serverDown, unseen, type Observation as Seen } from '../observation.ts';
import { discover } from './discover.ts';
import type { DiskFacts, ServerFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { look } from './look.ts';
import { lightQuery, settingNames } from './server-query.ts';
import { withSession } from './with-session.ts';

export type Observation = Seen<Layout, DiskFacts, ServerFacts>;

/** What the server says of itself; DATABASE_UNREACHABLE where it gives no session. */
export const askLight = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<ServerFacts> =>
  withSession(node, layout, { signal }, async (session) => {
    const [row] = await session.query<{ facts: ServerFacts }>(lightQuery, [settingNames]);
    return row!.facts;
  });

export const observe = observeBy<Layout, DiskFacts, ServerFacts>(async (node, signal) => {
  const { layout } = await discover(node, signal);
  if (!layout)
    return {
      failure: {
        code: 'CLUSTER_NOT_FOUND',
        message: `no PostgreSQL cluster was found on ${node.name}`,
        hint: 'Name it with database.port or database.dataDir in the fleet file.',
      },
    };
  const looked = await look(node, layout, { depth: 'light', signal }, (at) => askLight(node, at, signal));
  const { server, survey } = looked;
  const found = { layout: looked.layout, disk: survey.disk };
  if (server) return { ...found, server };
  return { ...found, failure: survey.disk.serverProcess ? unseen(looked.failure) : serverDown(node, layout) };
});
