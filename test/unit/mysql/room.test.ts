import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requireRoomToStart, whileThereIsRoom } from '../../../src/adapters/mysql/room.ts';
import type { Work } from '../../../src/adapters/mysql/work.ts';

/** A follower whose disk has so many bytes left, as a function tells. */
const workWith = (free: () => number): Work => {
  const run = async () => ({ exitCode: 0, stdout: `${free()}\n`, stderr: '', stdoutBytes: new Uint8Array() });
  const follower = { name: 'db2', host: { node: 'db2', run } };
  const place = { final: '/var/lib/mysql' };
  return { nodes: { follower }, layouts: { follower: { osUser: 'mysql' } }, place } as unknown as Work;
};

const context = (phases: string[]) => ({
  signal: new AbortController().signal,
  progress: ({ phase }: { readonly phase?: string | undefined }) => void phases.push(phase ?? ''),
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a server is not started for the first time where its log has no room', async () => {
  const { signal } = new AbortController();
  await expect(
    requireRoomToStart(
      workWith(() => 15_000_000),
      signal,
    ),
  ).rejects.toMatchObject({
    message: 'db2 has 15 MB left for its data; a first start needs 16 MB',
    hint: 'Make room on the file system of /var/lib/mysql.',
  });
  await expect(
    requireRoomToStart(
      workWith(() => 16_000_000),
      signal,
    ),
  ).resolves.toBeUndefined();
});

test('statements that wait for room are not waited for without end, and it is said what they wait for', async () => {
  const phases: string[] = [];
  let ended = false;
  const waiting = whileThereIsRoom(
    workWith(() => 0),
    context(phases),
    async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended = true;
    },
  );
  const failure = waiting.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await failure).toMatchObject({ code: 'FAILED', message: 'the disk of db2 is full' });
  expect(new Set(phases)).toEqual(new Set(['waiting for room: the disk of db2 is full']));
  expect(ended).toBe(true);
});

test('a disk that is full for a moment is no reason to give up', async () => {
  let looks = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = whileThereIsRoom(
    workWith(() => (++looks % 5 === 0 ? 5_000_000 : 0)),
    context([]),
    async () => promise,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  resolve();
  await expect(waiting).resolves.toBeUndefined();
});
