import type { Text } from '../masked.ts';
import type { Host, LeaseGuard, ReadingHost, RunOptions } from './host.ts';

/** Long work on a host that outlives the connection and the controller. A job has no time limit; whoever waits for it has. */
export interface JobSpec {
  /** A function of the run and the step, so that the job can be found from any machine: `[a-z0-9-]+`. */
  readonly id: string;
  /** Directory (0700, owned by `as`) under which job directories live. */
  readonly directory: string;
  readonly argv: readonly string[];
  readonly as: string;
  /** Kept in a file (0600) that is removed from the directory as soon as the job has opened it. */
  readonly stdin?: Text | undefined;
  readonly guard?: LeaseGuard | undefined;
}

/** How to find a job again: plain JSON for the journal. */
export interface JobHandle {
  readonly id: string;
  readonly directory: string;
  readonly as: string;
}

export type JobState =
  /** Never started, or removed. */
  | { readonly state: 'absent' }
  /** The job, or a process that it left behind, is there. `orphaned`: only the latter; it is no use waiting for its end, cancelling brings it. */
  | {
      readonly state: 'running';
      readonly orphaned: boolean;
      readonly seconds: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** Ended by itself; `stdout` and `stderr` are the last 64 KiB. */
  | {
      readonly state: 'ended';
      readonly exitCode: number;
      readonly seconds: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** Neither running nor an exit status: killed, or the machine went down. */
  | { readonly state: 'lost'; readonly stdout: string; readonly stderr: string };

export interface Jobs {
  /**
   * Starts the job under its own process group (`setsid`, or a transient systemd unit where the login is root and systemd runs).
   * A job of that id that runs is left alone; one that ended or was lost must be removed first (error FAILED otherwise).
   */
  startJob(host: Host, spec: JobSpec): Promise<JobHandle>;
  /** What is there now, or once it has ended, but at the latest after `patience` seconds; changes nothing. */
  inspectJob(
    host: ReadingHost,
    handle: JobHandle,
    options?: RunOptions & { readonly patience?: number | undefined },
  ): Promise<JobState>;
  /** Ends the whole group (TERM, then KILL after 10 s), after checking boot id and start time. Nothing there: fine. */
  cancelJob(host: Host, handle: JobHandle): Promise<void>;
  /** Removes the job's directory. Refused (FAILED) while it runs. Nothing there: fine. */
  removeJob(host: Host, handle: JobHandle): Promise<void>;
}

export { cancelJob, inspectJob, removeJob, startJob } from './jobs.ts';
