import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenAwakeFor } from '../../src/awake-timer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('acts when its time has come, and once', async () => {
  const act = vi.fn<() => void>();
  whenAwakeFor(2500, act);
  await vi.advanceTimersByTimeAsync(2499);
  expect(act).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(act).toHaveBeenCalledOnce();
});

test('does not act where it was stopped', async () => {
  const act = vi.fn<() => void>();
  const stop = whenAwakeFor(2500, act);
  await vi.advanceTimersByTimeAsync(1500);
  stop();
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(act).not.toHaveBeenCalled();
});

test('a process that was suspended hears first what came meanwhile', () => {
  const source = new URL('../../src/awake-timer.ts', import.meta.url);
  const script = `
    import { whenAwakeFor } from ${JSON.stringify(source.href)};
    import { spawn } from 'node:child_process';
    const stop = whenAwakeFor(1500, () => { console.log('late'); process.exit(); });
    spawn('sh', ['-c', 'sleep 0.2; kill -STOP $PPID; sleep 2.5; kill -CONT $PPID; echo answer'], { stdio: ['ignore', 'pipe', 'inherit'] })
      .stdout.on('data', (text) => { process.stdout.write(text); stop(); });
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout).toBe('answer\n');
});
