import { ReplctlError } from '../errors.ts';
import { type ProcessIdentity, isProvablyDead } from './process-identity.ts';
import type { LeaseHolder, LeaseStore } from './store.ts';
import { orAbort, sleep, within } from './waiting.ts';

export interface Lease {
  readonly epoch: number;
  /** Aborted with LEASE_LOST when the lease is no longer ours. Work must stop with it. */
  readonly signal: AbortSignal;
  /**
   * Returns when the lease is known to be ours: at once where it was renewed in time, else (a laptop that woke up) after asking
   * the host. To be awaited before anything is changed. Throws LEASE_LOST.
   */
  confirm(): Promise<void>;
  /** Stops renewing and lets go; idempotent, never throws: an unreachable host lets it expire. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly run: string;
  /** The node whose lease it is, for errors. */
  readonly node: string;
  /** user@machine (pid) */
  readonly owner: string;
  readonly self: ProcessIdentity;
  readonly signal: AbortSignal;
  /** Milliseconds; the host's lease lasts as long. */
  readonly ttl?: number | undefined;
  readonly renewEvery?: number | undefined;
  /** Wall clock in milliseconds: unlike timers it goes on while the machine sleeps. */
  readonly now?: (() => number) | undefined;
}

const held = ({ node, run }: LeaseOptions, holder: LeaseHolder): ReplctlError => {
  const left = Math.max(0, Math.ceil(holder.expiresIn));
  const same = holder.run === run;
  return new ReplctlError({
    code: 'LEASE_HELD',
    message: same
      ? `Run ${run} is already being worked on, by ${holder.owner} since ${holder.since}; its lease on ${node} lasts ${left} s more.`
      : `Another run, ${holder.run} of ${holder.owner}, holds the lease on ${node} since ${holder.since}, and for ${left} s more.`,
    hint: `Wait until it is done; if its machine is gone, try again in ${left} s.`,
    node,
    retryable: true,
    details: { run: holder.run, owner: holder.owner, since: holder.since, expiresIn: left },
  });
};

const claim = async (store: LeaseStore, options: LeaseOptions): Promise<number> => {
  const { run, owner, self } = options;
  const since = new Date().toISOString();
  const mine = { run, owner, since, boot: self.boot, pid: self.pid, started: self.started };
  const first = await store.claim(mine);
  if (first.granted) return first.epoch;
  if (!(await isProvablyDead(first.holder, self))) throw held(options, first.holder);
  const second = await store.claim(mine, first.holder.epoch);
  if (second.granted) return second.epoch;
  throw held(options, second.holder);
};

/**
 * Claims the lease, or throws LEASE_HELD, and keeps it until `release`. A holder that is provably dead is taken over. Renewed in
 * time; lost (see `signal`) when the host says so, or when nothing was heard from it for as long as the lease lasts.
 */
export const holdLease = async (store: LeaseStore, options: LeaseOptions): Promise<Lease> => {
  const { node, run, ttl = 60_000, renewEvery = 20_000, now = Date.now } = options;
  options.signal.throwIfAborted();
  let renewed = now();
  const epoch = await claim(store, options);

  const lost = new AbortController();
  const over = new AbortController();
  const lose = (why: string, cause?: unknown): void =>
    lost.abort(
      new ReplctlError({
        code: 'LEASE_LOST',
        message: `The lease on ${node} is no longer ours: ${why}. Work on it was stopped.`,
        hint: `Look who works on it (replctl status), then: replctl resume ${run}`,
        node,
        retryable: true,
        cause,
      }),
    );

  let current: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    const asked = now();
    const silence = () => new Error(`no answer for ${renewEvery / 1000} s`);
    const ours = await orAbort(within(renewEvery, store.renew(epoch), silence), over.signal);
    if (ours) renewed = asked;
    else lose('another run took it over');
    return ours;
  };
  /** One question at a time, whoever asks. */
  const renew = async (): Promise<boolean> => {
    current ??= ask().finally(() => (current = undefined));
    return current;
  };

  /** Silence counts from the last answer, or from the moment at which the machine woke up. */
  let silentSince = renewed;
  let ticked = now();
  const wokeUp = (): boolean => {
    const gap = now() - ticked;
    ticked = now();
    if (gap <= ttl) return false;
    silentSince = now();
    return true;
  };
  const keep = async (): Promise<void> => {
    const beat = Math.min(1000, renewEvery / 4);
    // Counted in beats, not by the clock: somebody may set the clock.
    let left = renewEvery;
    while (!over.signal.aborted && !lost.signal.aborted) {
      await sleep(beat, over.signal);
      left -= beat;
      if (!wokeUp() && left > 0) continue;
      try {
        await renew();
        left = renewEvery;
        silentSince = now();
      } catch (error) {
        left = renewEvery / 4;
        const silent = wokeUp() ? 0 : now() - silentSince;
        if (silent > ttl) lose(`the host did not answer for ${Math.round(silent / 1000)} s`, error);
      }
      ticked = now();
    }
  };
  const keeping = keep().catch(() => undefined);

  return {
    epoch,
    signal: lost.signal,
    async confirm() {
      while (now() - renewed > ttl) {
        lost.signal.throwIfAborted();
        options.signal.throwIfAborted();
        try {
          await renew();
        } catch {
          // Silence is judged by the keeper; here it only means waiting.
          await sleep(Math.min(1000, renewEvery / 4), AbortSignal.any([lost.signal, over.signal, options.signal]));
        }
      }
      lost.signal.throwIfAborted();
    },
    async release() {
      over.abort(new Error('The lease was released.'));
      await keeping;
      if (lost.signal.aborted) return;
      try {
        await within(10_000, store.release(epoch), () => new Error('no answer'));
      } catch {
        // It expires by itself.
      }
    },
  };
};
