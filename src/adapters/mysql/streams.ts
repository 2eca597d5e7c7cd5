import type { Work } from './work.ts';

/** How many read at the source, and how many write: more than the cores help nobody. */
export const streamsOf = ({ context }: Pick<Work, 'context'>): number =>
  context.want.parallel ?? Math.max(2, Math.min(4, context.facts.follower.machine.cores));
