import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { createReplctl, type Replctl } from '../e2e/support/replctl.ts';

/** Process ids of its own make this box another machine for replctl. */
const otherMachine = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

export interface Operators {
  readonly replctl: Replctl;
  /** From another machine: the same fleet file, nothing remembered. */
  readonly elsewhere: Replctl;
  /** Their TMPDIR. */
  readonly scratch: string;
}

export const operators = (lab: Lab, fleet: string): Operators => {
  const scratch = mkdtempSync(join(lab.directory, 't-'));
  const shared = { fleet, directory: lab.directory, environment: { TMPDIR: scratch } };
  return { scratch, replctl: createReplctl(shared), elsewhere: createReplctl({ ...shared, under: otherMachine }) };
};
