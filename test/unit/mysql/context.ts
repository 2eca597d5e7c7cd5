import type { Cast, PhaseContext, Want } from '../../../src/adapters/adapter.ts';
import type { MysqlFacts } from '../../../src/adapters/mysql/facts.ts';
import { workOf, type MethodName, type Work } from '../../../src/adapters/mysql/work.ts';
import { nodesOf, theRun, want } from '../adapters/cast-nodes.ts';

/** One add-follower run over these facts, with a fixed run id and a lease that was never taken. */
export const contextFor = (
  facts: Cast<MysqlFacts>,
  method: MethodName,
  wanted: Partial<Want> = {},
): PhaseContext<MysqlFacts> => ({
  run: theRun,
  nodes: nodesOf(facts),
  facts,
  want: want({ ...wanted, method }),
  guard: () => ({ path: `${facts.follower.stateDir}/lease`, epoch: 3, owner: facts.follower.osUser }),
});

export const workFor = (facts: Cast<MysqlFacts>, method: MethodName, wanted: Partial<Want> = {}): Work =>
  workOf(contextFor(facts, method, wanted), method);
