import { error } from '../../finding.ts';
import type { Check } from './scene.ts';

/**
 * Two servers of one machine on one port: found after the copy otherwise, when the follower does not start. That it is one machine is told by
 * the connection between them, which begins where it ends: cloned machines share their machine id.
 */
export const portTaken: Check = ({ facts, nodes }) => {
  const { follower } = facts;
  const parts = (['leader', 'upstream', 'source'] as const).filter(
    (part, index, all) => all.findIndex((other) => facts[other].node === facts[part].node) === index,
  );
  return parts.flatMap((part) => {
    const other = facts[part];
    const reach = follower.reach[other.node];
    const oneMachine =
      other.machineId === follower.machineId && reach?.ok && reach.localAddress === nodes[part].address;
    if (!oneMachine || !follower.layout || !other.layout) return [];
    if (follower.layout.dataDir === other.layout.dataDir || follower.layout.port !== other.layout.port) return [];
    return [
      error({
        code: 'PORT_TAKEN',
        node: follower.node,
        message: `${follower.node} is to listen on port ${follower.layout.port}, where the server of ${other.node} listens on the same machine`,
        hint: `Give ${follower.node} a port of its own: database.port in the fleet file.`,
      }),
    ];
  });
};
