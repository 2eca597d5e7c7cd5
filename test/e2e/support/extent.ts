import { describe } from 'vitest';
import { describeInLab } from './in-lab.ts';

/** REPLCTL_TEST_ALL=1: every engine and method goes through every suite, and runs are killed at every moment. Else each suite has one of each kind. */
export const everything = process.env['REPLCTL_TEST_ALL'] === '1';

/** A suite that another engine or method goes through always; with everything, this one does too. */
export const describeWithEverything = (title: string, suite: () => void): void => {
  const skipped = everything ? '' : ' (skipped: REPLCTL_TEST_ALL is not 1)';
  describe.skipIf(!everything)(`${title}${skipped}`, () => {
    describeInLab('in the lab', suite);
  });
};
