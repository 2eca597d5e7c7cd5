import { ReplctlError } from '../../../errors.ts';
import { removeJob, type JobHandle } from '../../../hosts/job.ts';
import type { StepContext } from '../../../workflow/step.ts';
import { sleep } from '../../../workflow/waiting.ts';
import type { Work } from '../work.ts';

/** Milliseconds that another clone may take before it is not waited for any more, and between two attempts. */
const longest = 3_600_000;
const pause = 5000;

/** ER_CLONE_TOO_MANY_CONCURRENT_CLONES, as the donor says it to the recipient. */
const isDonorBusy = (error: unknown): boolean =>
  error instanceof ReplctlError && /Clone Donor Error: 3634\b/.test(String(error.details['stderr']));

/** A server gives one clone at a time; another follower's may be under way. */
export const inTurn = async (
  work: Work,
  handle: JobHandle,
  { signal, progress }: StepContext,
  copy: () => Promise<void>,
): Promise<void> => {
  const deadline = Date.now() + longest;
  for (;;) {
    try {
      await copy();
      return;
    } catch (error) {
      if (!isDonorBusy(error) || Date.now() > deadline) throw error;
      progress({ phase: `waiting for another clone of ${work.nodes.source.name}, which gives one at a time` });
      await removeJob(work.nodes.follower.host, handle);
      await sleep(pause, signal);
    }
  }
};
