import { observeBy, serverDown, unseen, type Observation as Seen } from '../observation.ts';
import { askServer } from './ask-server.ts';
import { discover } from './discover.ts';
import type { DiskFacts, ServerFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { surveyDisk } from './survey-disk.ts';

export type Observation = Seen<Layout, DiskFacts, ServerFacts>;

export const observe = observeBy<Layout, DiskFacts, ServerFacts>(async (node, signal) => {
  const { layout } = await discover(node, signal);
  if (!layout)
    return {
      failure: {
        code: 'SERVER_NOT_FOUND',
        message: `no MySQL or MariaDB server was found on ${node.name}`,
        hint: 'Name it with database.dataDir in the fleet file.',
      },
    };
  const asking = askServer(node, layout, signal).then(
    (server) => ({ server }),
    (error: unknown) => ({ failure: unseen(error) }),
  );
  const [disk, asked] = await Promise.all([surveyDisk(node, layout, signal), asking]);
  return { layout, disk, ...(disk.serverProcess ? asked : { failure: serverDown(node, layout) }) };
});
