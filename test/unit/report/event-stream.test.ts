import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventStream } from '../../../src/report/event-stream.ts';

const event = { at: '2026-11-03T12:00:00.000Z', event: 'warning', code: 'X', message: 'a\n##[error]' } as const;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replctl-events-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('events are lines of JSON in a file that nobody else can read', async () => {
  const path = join(directory, 'events.ndjson');
  const listener = eventStream(path);
  listener(event);
  listener({ at: event.at, event: 'run-ended', run: null, ok: true, envelope: { ok: true } });
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    event,
    { event: 'run-ended', envelope: { ok: true } },
  ]);
  expect(lines.join()).not.toContain('##');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a file that cannot be opened is an error of usage', () => {
  expect(() => eventStream(join(directory, 'nowhere', 'events'))).toThrow(
    expect.objectContaining({ code: 'USAGE', exitCode: 2 }),
  );
});

test.runIf(process.platform === 'linux')('a file that cannot be written is told once and stops nothing', () => {
  const told: string[] = [];
  const listener = eventStream('/dev/full', (message) => told.push(message));
  listener(event);
  listener(event);
  expect(told).toEqual([expect.stringContaining('/dev/full')]);
});
