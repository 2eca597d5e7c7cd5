import { describe, expect, test } from 'vitest';
import { orAbort, poll, sleep } from '../../../src/workflow/waiting.ts';

const never = new AbortController().signal;
const reason = new Error('stopped');

describe('waiting', () => {
  test("ends with the signal's own reason", async () => {
    await expect(sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(orAbort(new Promise(() => undefined), AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 10);
    await expect(
      poll({ every: 5, timeout: 5000, what: 'it', signal: controller.signal }, () => new Promise(() => undefined)),
    ).rejects.toBe(reason);
  });

  test('looks until there is something, nought and false included', async () => {
    let looks = 0;
    const look = async () => (++looks < 3 ? undefined : 0);
    expect(await poll({ every: 1, timeout: 5000, what: 'it', signal: never }, look)).toBe(0);
    expect(looks).toBe(3);
  });

  test('looks sooner at first where that is wanted, and ever less often up to the wanted pace', async () => {
    const at: number[] = [];
    const look = async () => (at.push(performance.now()) < 5 ? undefined : true);
    await poll({ first: 10, every: 30, timeout: 5000, what: 'it', signal: never }, look);
    const pauses = at.slice(1).map((time, index) => time - at[index]!);
    for (const [index, least] of [10, 15, 22.5, 30].entries()) expect(pauses[index]).toBeGreaterThan(least - 2);
  });

  test('is over at its time, even where a look hangs', async () => {
    const hang = () => new Promise<undefined>(() => undefined);
    const error = poll({ every: 1, timeout: 20, what: 'The replay', signal: never }, hang);
    await expect(error).rejects.toMatchObject({ code: 'FAILED', message: 'The replay took longer than 0.02 s.' });
    const late = () => reason;
    await expect(poll({ every: 1, timeout: 20, what: 'it', signal: never, late }, async () => undefined)).rejects.toBe(
      reason,
    );
  });

  test('ends with what a look throws', async () => {
    await expect(
      poll({ every: 1, timeout: 5000, what: 'it', signal: never }, () => Promise.reject(reason)),
    ).rejects.toBe(reason);
  });
});
