import type { Work } from '../work.ts';

/** Where the pieces of a dump lie until they are loaded. */
export const spoolOf = (work: Work): string => `${work.workDir}/spool`;

/** How many read at the source, and how many load: more than the cores help nobody. */
export const streamsOf = ({ context }: Work): number =>
  context.want.parallel ?? Math.max(2, Math.min(4, context.facts.follower.machine.cores));
