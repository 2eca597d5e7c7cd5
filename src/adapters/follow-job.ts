import { ReplctlError } from '../errors.ts';
import type { LeaseGuard } from '../hosts/host.ts';
import { cancelJob, inspectJob, removeJob, startJob, type JobHandle, type JobState } from '../hosts/job.ts';
import type { Text } from '../masked.ts';
import type { StepContext } from '../workflow/step.ts';
import { sleep } from '../workflow/waiting.ts';
import type { Node } from './adapter.ts';

export interface LongJob {
  readonly handle: JobHandle;
  readonly argv: readonly string[];
  /** Secrets and scripts go here. */
  readonly stdin?: Text | undefined;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

export interface Watching {
  readonly on: Node;
  readonly guard: () => LeaseGuard;
  readonly job: LongJob;
  /** Is what a job left that ended well still there? Else it runs again. */
  readonly isWhole: () => Promise<boolean>;
  /** Before a start from nothing: what an attempt that failed left behind. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
  /** While the job is waited for; may throw, which leaves the job running. */
  readonly look: () => Promise<void>;
  /** What to do where the job failed. */
  readonly hint: string;
  /** What a second start comes to; default: it begins anew. */
  readonly again?: string;
}

const howEnded = (node: string, job: LongJob, state: Exclude<JobState, { state: 'running' }>): string => {
  const program = `${job.argv[0]!.split('/').at(-1)!} on ${node}`;
  if (state.state !== 'ended') return `${program} was cut off (killed, or the machine went down)`;
  if (state.exitCode === 0) return `${program} ended well, but what it made is not whole`;
  return `${program} ended with exit code ${state.exitCode}: ${lastLine(state.stderr) || lastLine(state.stdout)}`;
};

/** Attaches to the job where it runs, starts it where it does not, and returns when it has ended well. */
export const followJob = async (
  context: Pick<StepContext, 'signal' | 'warn'>,
  { on, guard, job, isWhole, prepare, look, hint, again = 'it begins anew' }: Watching,
): Promise<void> => {
  const { host, name } = on;
  const { signal } = context;
  /** What a killed program leaves behind (pg_basebackup: its receiver, which holds the slot for ever) is ended: it is no copy any more. */
  const inspect: typeof inspectJob = async (...asked) => {
    const state = await inspectJob(...asked);
    if (state.state !== 'running' || !state.orphaned) return state;
    await cancelJob(host, job.handle);
    return inspectJob(host, job.handle, { signal });
  };
  const before = await inspect(host, job.handle);
  const usable = before.state === 'running' || (before.state === 'ended' && before.exitCode === 0 && (await isWhole()));
  if (!usable) {
    if (before.state !== 'absent') {
      context.warn({ code: 'JOB_BEGUN_ANEW', message: `${howEnded(name, job, before)}: ${again}` });
      await removeJob(host, job.handle);
    }
    await prepare(signal);
    signal.throwIfAborted();
    await startJob(host, { ...job.handle, argv: job.argv, stdin: job.stdin, guard: guard() });
  }
  for (;;) {
    const state = await looking(look, signal, (until) =>
      inspect(host, job.handle, { patience: answerEvery, signal: until }),
    );
    if (state.state === 'ended' && state.exitCode === 0) return;
    if (state.state !== 'running') throw jobFailure(name, job, state, hint);
  }
};

/** Seconds after which the host is asked anew, which waits for the job's end itself. */
const answerEvery = 10;
/** Milliseconds between two looks. */
const lookEvery = 500;

/** Looks again and again while something is waited for. A look that fails ends the waiting. */
const looking = async <T>(
  look: () => Promise<void>,
  signal: AbortSignal,
  wait: (until: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const looks = (async (): Promise<never> => {
    for (;;) {
      await look();
      await sleep(lookEvery, until);
    }
  })();
  try {
    return await Promise.race([wait(until), looks]);
  } finally {
    over.abort();
    // A look that is under way must not tell of progress when the step is over.
    await looks.catch(() => undefined);
  }
};

const jobFailure = (
  node: string,
  job: LongJob,
  state: Exclude<JobState, { state: 'running' }>,
  hint: string,
): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node,
    message: howEnded(node, job, state),
    hint,
    retryable: true,
    details: { stderr: state.state === 'absent' ? '' : state.stderr.slice(-2000) },
  });
