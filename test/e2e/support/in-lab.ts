import { describe } from 'vitest';
import { labUnavailable } from '../../lab/setup.ts';

const reason = labUnavailable();
const skipped = reason === undefined ? '' : ` (skipped: ${reason})`;

/** A suite that needs machines; skipped, with the reason in its name, where there can be none. */
export const describeInLab = (title: string, suite: () => void): void => {
  describe.skipIf(reason !== undefined)(`${title}${skipped}`, () => {
    suite();
  });
};
