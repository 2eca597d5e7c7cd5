import type { Work } from '../work.ts';

/** Where the pieces of a dump lie until they are loaded. */
export const spoolOf = (work: Work): string => `${work.workDir}/spool`;
