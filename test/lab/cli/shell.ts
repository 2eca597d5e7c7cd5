import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { handLab } from './hand-lab.ts';

/** An ssh session, or one command, on a machine of this checkout. */
export async function shell(words: readonly string[]): Promise<number> {
  if (words.length === 0) throw new Error('which one? npm run lab -- shell leader');
  const lab = await handLab();
  const ssh = spawn('ssh', ['-F', join(lab.directory, 'ssh_config'), ...words], { stdio: 'inherit' });
  const [code] = (await once(ssh, 'close')) as [number | null];
  return code ?? 1;
}
