import type { StepContext } from '../../../workflow/step.ts';
import { followJob as follow, type LongJob, type Watching } from '../../follow-job.ts';
import type { Work } from '../work.ts';

export const longJob = (work: Work, name: 'copy' | 'verify', argv: readonly string[]): LongJob => ({
  handle: { id: `${name}-${work.run}`, directory: `${work.stateDir}/jobs`, as: work.layouts.follower.osUser },
  argv,
});

/** Attaches to the follower's job where it runs, starts it where it does not, and returns when it has ended well. */
export const followJob = async (
  work: Work,
  context: StepContext,
  watching: Omit<Watching, 'on' | 'guard' | 'hint'>,
): Promise<void> =>
  follow(context, {
    ...watching,
    on: work.nodes.follower,
    guard: () => work.context.guard(),
    hint: 'Mend what it says; resume starts the copy afresh with the same slot.',
  });
