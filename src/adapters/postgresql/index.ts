import { ReplctlError } from '../../errors.ts';
import type { Adapter } from '../adapter.ts';
import { configureTailing, snapshot, transfer, waitForLag } from './add-follower.ts';
import type { PostgresFacts } from './facts.ts';
import { followerState, lagBehind, positionOf } from './follower-state.ts';
import { inspect } from './inspect.ts';
import { observe } from './observe.ts';
import { preflight } from './preflight/preflight.ts';
import { closeDoor, dropRole, dropSlots, stopTailing } from './steps/remove.ts';
import { survey } from './survey.ts';

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
    dropSlots(removal),
    closeDoor(removal),
    dropRole(removal),
  ],
  lag: async ({ leader, follower }, signal) => {
    const [there, here] = await Promise.all(
      [leader, follower].map((node) => observe({ name: node.name, address: node.address, node }, signal)),
    );
    if (!here?.server)
      throw new ReplctlError({
        code: 'DATABASE_UNREACHABLE',
        node: follower.name,
        message: here?.failure?.message ?? `${follower.name} gives no session`,
        retryable: true,
      });
    return { lag: lagBehind(there?.server, here.server), position: positionOf(here.server) };
  },
  method: (method) => {
    if (method === 'auto' || method === 'basebackup') return 'basebackup';
    throw new ReplctlError({
      code: 'USAGE',
      message: `--method ${method} is not for PostgreSQL`,
      hint: 'PostgreSQL has basebackup (what auto takes).',
    });
  },
};
