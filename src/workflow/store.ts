/** Where a run's journal lives: the user's state directory, and the same on the follower. */
export interface Store {
  /** Adds lines (no newline in any) to the run's journal; on the medium when it returns. Creates what is missing; starts a new line after a torn one. */
  append(run: string, ...lines: readonly string[]): Promise<void>;
  /** The whole journal, a torn last line included; undefined where there is none. */
  read(run: string): Promise<string | undefined>;
  /** Run ids, in no order. */
  list(): Promise<readonly string[]>;
}

export interface LeaseHolder {
  readonly run: string;
  /** user@machine (pid) of the controller, for the error message. */
  readonly owner: string;
  /** ISO 8601, by the controller's own clock: when it took the lease. */
  readonly since: string;
  /** Boot id of the controller's machine, and pid with start time there: proof of death when asked on the same machine. */
  readonly boot: string;
  readonly pid: number;
  readonly started: string;
  /** Seconds left by the host's own clock. */
  readonly expiresIn: number;
  readonly epoch: number;
}

export type LeaseClaim =
  | { readonly granted: true; readonly epoch: number }
  | { readonly granted: false; readonly holder: LeaseHolder };

/** Compare-and-swap under `flock` with the host's own clock; a lease lasts 60 s. */
export interface LeaseStore {
  /** Granted where there is none, it expired, it is this run's own by the same process, or `deadEpoch` names the present one (its owner is provably dead). */
  claim(holder: Omit<LeaseHolder, 'expiresIn' | 'epoch'>, deadEpoch?: number): Promise<LeaseClaim>;
  /** False when it is no longer ours. */
  renew(epoch: number): Promise<boolean>;
  /** Lets go if it is still ours. */
  release(epoch: number): Promise<void>;
}
