import { ReplctlError } from '../errors.ts';
import type { Finding } from './adapter.ts';

/** What came to be on the follower since the run began speaks against putting it away. */
export const swapObjection = (finding: Finding, run: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: finding.node,
    message: `${finding.message}; it was not so when the run began, and its server was left running`,
    hint:
      finding.code === 'DATA_PRESENT'
        ? `Look at it. Where it may be put aside: replctl abandon ${run}, and add the follower again with --replace.`
        : finding.hint,
    details: { finding: finding.code },
  });
