import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isProvablyDead, thisProcess } from '../../../src/workflow/process-identity.ts';

describe.runIf(process.platform === 'linux')('a process', () => {
  test('that runs is not dead', async () => {
    const self = await thisProcess();
    expect(self.started).toMatch(/^\d+$/);
    expect(await isProvablyDead(self, self)).toBe(false);
  });

  test('that is gone is dead, and so is one whose id another process has now', async () => {
    const self = await thisProcess();
    const child = spawn('true');
    await once(child, 'exit');
    expect(await isProvablyDead({ ...self, pid: child.pid! }, self)).toBe(true);
    expect(await isProvablyDead({ ...self, started: '1' }, self)).toBe(true);
  });

  test('of another machine, boot or container is never certain', async () => {
    const self = await thisProcess();
    expect(await isProvablyDead({ ...self, boot: 'another', pid: 2 ** 22 + 1 }, self)).toBe(false);
    expect(await isProvablyDead({ ...self, boot: '' }, { ...self, boot: '' })).toBe(false);
  });
});
