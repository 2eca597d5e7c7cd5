import { ReplctlError } from '../errors.ts';
import type { Step } from '../workflow/step.ts';

/** Old data that is half removed is never put back in the place of a follower that was proved: what the last step of such a run is besides. */
export const pointOfNoReturn = (
  run: string,
  follower: string,
  discards: readonly string[],
): Pick<Step, 'intent' | 'undo'> => ({
  intent: async () => ({ discards: [...discards] }),
  undo: async () => {
    throw new ReplctlError({
      code: 'FAILED',
      node: follower,
      message: `${follower} is proved, and its old data has begun to be removed (--discard-old): there is no way back`,
      hint: `replctl resume ${run} finishes the run; replctl remove-follower ${follower} takes the node out.`,
    });
  },
});
