import { ReplctlError } from '../../errors.ts';
import type { Adapter } from '../adapter.ts';
import { configureTailing, snapshot, transfer, waitForLag } from './add-follower.ts';
import type { PostgresFacts } from './facts.ts';
import { followerState, lagBehind, positionOf } from './follower-state.ts';
import { inspect } from './inspect.ts';
import { askLight } from './observe.ts';
import { preflight } from './preflight/preflight.ts';
import { closeDoor, dropRole, dropSlots, stopTailing } from './steps/remove.ts';
import { survey } from './survey.ts';
import { layoutOf } from './work.ts';

export const postgresql: Adapter<PostgresFacts> = {
  engine: 'postgresql',
  inspect,
  preflight: (facts, nodes, want, resuming = false) => preflight({ facts, nodes, want }, resuming),
  followerState,
  snapshot,
  transfer,
  configureTailing,
  waitForLag,
  survey,
  removeFollower: ({ follower, ...removal }) => [
    ...(follower ? [stopTailing({ ...removal, follower })] : []),
    // On the leader too: the node may have followed it before it followed this upstream.
    ...(removal.upstream.node.name === removal.leader.node.name
      ? (['upstream'] as const)
      : (['upstream', 'leader'] as const)
    ).flatMap((side) => [dropSlots(removal, side), closeDoor(removal, side)]),
    dropRole(removal),
  ],
  lag: async (nodes, facts, signal) => {
    const [leader, follower] = await Promise.all([
      askLight(nodes.leader, layoutOf(facts.leader), signal).catch(() => undefined),
      askLight(nodes.follower, layoutOf(facts.follower), signal),
    ]);
    return { lag: lagBehind(leader, follower), position: positionOf(follower) };
  },
  method: (method) => {
    if (method === 'auto' || method === 'basebackup') return { name: 'basebackup', because: 'PostgreSQL has no other' };
    throw new ReplctlError({
      code: 'USAGE',
      message: `--method ${method} is not for PostgreSQL`,
      hint: 'PostgreSQL has basebackup (what auto takes).',
    });
  },
};
