import { ReplctlError } from '../errors.ts';
import type { Adapter, Cast, Facts, Node, Want } from '../adapters/adapter.ts';

export interface Side {
  readonly node: Node;
  readonly facts: Facts;
}

/** Of the preflight only what holds for a follower that is to go is looked at, which no wish has a say in. */
const anything: Want = { method: 'auto', replace: true, discardOld: false, maxLag: { seconds: 1 }, waitTimeout: 0 };

/** Nothing is taken away from a server that is no follower of this cluster; and the slot is where the node really follows. */
export const refuseOthers = (adapter: Adapter, cast: Cast<Side>): void => {
  const pick = <T>(part: (side: Side) => T): Cast<T> => ({
    leader: part(cast.leader),
    upstream: part(cast.upstream),
    source: part(cast.source),
    follower: part(cast.follower),
  });
  const { node, facts } = cast.follower;
  const found = adapter.followerState(
    pick((side) => side.facts),
    pick((side) => side.node),
  );
  const feeding = adapter
    .preflight(
      pick((side) => side.facts),
      pick((side) => side.node),
      anything,
    )
    .filter(({ code }) => code === 'FEEDS_FOLLOWERS');
  const refused = (message: string, hint: string): ReplctlError =>
    new ReplctlError({ code: 'PREFLIGHT_REFUSED', node: node.name, message, hint });
  for (const { message, hint } of feeding) throw refused(message, hint);
  if (found.state === 'wrong-upstream')
    throw refused(
      found.evidence,
      `Correct \`follows\` of ${node.name} in the fleet file first: what it has there is to be taken away there.`,
    );
  if (found.state === 'absent' && facts.running)
    throw refused(
      `the server on ${node.name} is no follower of ${cast.leader.node.name}'s cluster`,
      'It is left alone; take it out of the fleet file. What a follower of that name left on the others: --gone.',
    );
};
