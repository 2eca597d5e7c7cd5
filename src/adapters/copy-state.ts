import type { Host } from '../hosts/host.ts';
import { inspectJob, type JobHandle } from '../hosts/job.ts';
import type { Probe } from '../workflow/step.ts';

/** A job that copies into a staging directory. */
export interface CopyJob {
  readonly host: Host;
  readonly handle: JobHandle;
  /** In words: `the clone`. */
  readonly what: string;
  readonly staged: string;
  /** Bytes of the staged copy; undefined where it is not whole. */
  readonly bytes: () => Promise<number | undefined>;
}

/** How far the copy has come, as long as it is not in place. */
export const copyState = async (
  { host, handle, what, staged, bytes }: CopyJob,
  signal: AbortSignal,
): Promise<Probe> => {
  const job = await inspectJob(host, handle, { signal });
  if (job.state === 'absent') return { state: 'absent' };
  if (job.state === 'running')
    return { state: 'partial', evidence: `${what} has been running for ${Math.round(job.seconds)} s` };
  if (job.state === 'lost') return { state: 'partial', evidence: `${what} was cut off` };
  if (job.exitCode !== 0) return { state: 'partial', evidence: `${what} ended with exit code ${job.exitCode}` };
  const whole = await bytes();
  if (whole === undefined) return { state: 'partial', evidence: `${what} has ended, but ${staged} is not whole` };
  return {
    state: 'done',
    evidence: `${what} is in ${staged}`,
    output: { bytes: whole, seconds: Math.round(job.seconds) },
  };
};
