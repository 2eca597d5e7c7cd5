import { describe } from 'vitest';
import { describeInLab } from './in-lab.ts';

/**
 * REPLCTL_TEST_ALL=1: every engine and method goes through every suite, and runs are killed at every moment, which takes three quarters of an hour. Else it is
 * what any change may break: all three engines go through add-follower, and runs are disturbed and taken back by the matrix (test/faults).
 */
export const everything = process.env['REPLCTL_TEST_ALL'] === '1';

/** A suite of which another engine, method or suite has the most part already. */
export const describeWithEverything = (title: string, suite: () => void): void => {
  const skipped = everything ? '' : ' (skipped: REPLCTL_TEST_ALL is not 1)';
  describe.skipIf(!everything)(`${title}${skipped}`, () => {
    describeInLab('in the lab', suite);
  });
};
