import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';

/**
 * Runs `work` while holding a lock on `file` against every other process of this box.
 * Node has no flock: a helper holds it for as long as its stdin, our end of the pipe, is open, so a killed owner lets go too.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'close');
  try {
    const [first] = await Promise.race([once(holder.stdout, 'data'), ended]);
    if (!String(first).startsWith('held')) throw new Error(`cannot lock ${file}`);
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
