import type { Cast, DatabaseAccess, Want } from '../../../src/adapters/adapter.ts';
import type { PostgresFacts } from '../../../src/adapters/postgresql/facts.ts';
import { workOf, type Work } from '../../../src/adapters/postgresql/work.ts';
import { nodesOf, theRun, want } from '../adapters/cast-nodes.ts';

export { nodesOf, theRun, want } from '../adapters/cast-nodes.ts';

/** One add-follower run over these facts, with a fixed run id and a lease that was never taken. */
export const workFor = (
  facts: Cast<PostgresFacts>,
  { database = {}, ...wanted }: Partial<Want> & { readonly database?: Partial<DatabaseAccess> } = {},
): Work => workOf(contextFor(facts, { database, ...wanted }));

export const contextFor = (
  facts: Cast<PostgresFacts>,
  { database = {}, ...wanted }: Partial<Want> & { readonly database?: Partial<DatabaseAccess> } = {},
): Work['context'] => ({
  run: theRun,
  nodes: nodesOf(facts, database),
  facts,
  want: want(wanted),
  guard: () => ({ path: `${facts.follower.stateDir}/lease`, epoch: 3, owner: facts.follower.osUser }),
});
