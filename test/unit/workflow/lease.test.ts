import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReplctlError } from '../../../src/errors.ts';
import { type LeaseOptions, holdLease } from '../../../src/workflow/lease.ts';
import { createMemoryLease } from './memory-store.ts';

const self = { boot: 'boot.1', pid: 100, started: '5' };
const options = (more: Partial<LeaseOptions> = {}): LeaseOptions => ({
  run: 'r-0123456789',
  node: 'db2',
  owner: 'ops@laptop (100)',
  self,
  signal: new AbortController().signal,
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a lease', () => {
  test('is renewed until it is released', async () => {
    const store = createMemoryLease(Date.now);
    const lease = await holdLease(store, options());
    await vi.advanceTimersByTimeAsync(600_000);
    expect(store.holder()?.epoch).toBe(lease.epoch);
    expect(store.holder()!.until).toBeGreaterThan(Date.now() + 30_000);
    expect(lease.signal.aborted).toBe(false);
    await lease.confirm();
    await lease.release();
    await lease.release();
    expect(store.holder()).toBeUndefined();
  });

  test('that another one holds is refused, naming run, owner and seconds', async () => {
    const store = createMemoryLease(Date.now);
    await store.claim({
      run: 'r-other00000',
      owner: 'ci@runner (7)',
      since: '2026-11-27T10:00:00Z',
      boot: 'elsewhere',
      pid: 7,
      started: '1',
    });
    await vi.advanceTimersByTimeAsync(20_000);
    const error: unknown = await holdLease(store, options()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'LEASE_HELD', exitCode: 6, node: 'db2', retryable: true });
    expect((error as Error).message).toBe(
      'Another run, r-other00000 of ci@runner (7), holds the lease on db2 since 2026-11-27T10:00:00Z, and for 40 s more.',
    );
  });

  test('is taken over from a process of this machine that is gone, and from no other', async () => {
    const store = createMemoryLease(Date.now);
    const gone = {
      run: 'r-0123456789',
      owner: 'ops@laptop',
      since: '2026-11-27T10:00:00Z',
      boot: 'boot.1',
      pid: 2 ** 22 + 1,
      started: '1',
    };
    await store.claim(gone);
    const lease = await holdLease(store, options());
    expect(lease.epoch).toBe(2);
    await lease.release();
    await store.claim({ ...gone, boot: 'boot.2' });
    await expect(holdLease(store, options())).rejects.toThrow('already being worked on');
  });

  test('is lost when another one took it', async () => {
    const store = createMemoryLease(Date.now);
    const lease = await holdLease(store, options());
    await store.claim(
      { run: 'r-other00000', owner: 'ci', since: '2026-11-27T10:00:00Z', boot: 'x', pid: 1, started: '1' },
      lease.epoch,
    );
    await vi.advanceTimersByTimeAsync(25_000);
    expect(lease.signal.reason).toMatchObject({
      code: 'LEASE_LOST',
      exitCode: 6,
      hint: expect.stringContaining('replctl resume'),
    });
    await expect(lease.confirm()).rejects.toThrow('no longer ours');
    await lease.release();
  });

  test('survives an outage shorter than it lasts, and no longer one', async () => {
    const store = createMemoryLease(Date.now);
    let down = false;
    const flaky = {
      ...store,
      renew: (epoch: number) => (down ? Promise.reject(new Error('cut')) : store.renew(epoch)),
    };
    const lease = await holdLease(flaky, options());
    down = true;
    await vi.advanceTimersByTimeAsync(45_000);
    down = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lease.signal.aborted).toBe(false);
    down = true;
    await vi.advanceTimersByTimeAsync(90_000);
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST', cause: { message: 'cut' } });
    await lease.release();
  });

  test('is not held on to by a host that never answers', async () => {
    const store = createMemoryLease(Date.now);
    const lease = await holdLease({ ...store, renew: () => new Promise(() => undefined) }, options());
    await vi.advanceTimersByTimeAsync(130_000);
    expect(lease.signal.reason).toBeInstanceOf(ReplctlError);
    await lease.release();
  });

  test('is asked for again, before anything else, when the machine has slept', async () => {
    const store = createMemoryLease(Date.now);
    const asked: number[] = [];
    const lease = await holdLease(
      { ...store, renew: (epoch) => (asked.push(Date.now()), store.renew(epoch)) },
      options(),
    );
    vi.setSystemTime(Date.now() + 3_600_000);
    await lease.confirm();
    expect(asked).toEqual([Date.now()]);
    expect(lease.signal.aborted).toBe(false);
    vi.setSystemTime(Date.now() + 3_600_000);
    await store.claim({
      run: 'r-other00000',
      owner: 'ci',
      since: '2026-11-27T10:00:00Z',
      boot: 'x',
      pid: 1,
      started: '1',
    });
    await expect(lease.confirm()).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await lease.release();
  });

  test('gives a machine that woke up without a network as long as a lease lasts', async () => {
    const store = createMemoryLease(Date.now);
    let down = true;
    const flaky = {
      ...store,
      renew: (epoch: number) => (down ? Promise.reject(new Error('cut')) : store.renew(epoch)),
    };
    const lease = await holdLease(flaky, options());
    vi.setSystemTime(Date.now() + 3_600_000);
    const confirmed = lease.confirm();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(lease.signal.aborted).toBe(false);
    down = false;
    await vi.advanceTimersByTimeAsync(2_000);
    await confirmed;
    await lease.release();
  });
});
