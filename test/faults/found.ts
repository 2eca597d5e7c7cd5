import type { Case } from './cases.ts';

/** Cases that once failed, by track: whoever tries but a few tries these. */
export const found: Readonly<Record<string, readonly Case[]>> = {
  postgresql: [
    // A session that the cut left on the leader stayed for hours.
    {
      command: 'add-follower',
      step: 'configure.standby',
      when: 'inside',
      blow: 'the leader cut off for good',
      ending: 'elsewhere',
    },
  ],
  'mysql-dump': [
    // The password stayed on the follower.
    {
      command: 'remove-follower',
      step: 'remove.stop-tailing',
      when: 'inside',
      blow: 'a power cut of the follower',
      ending: 'torn',
    },
  ],
};
