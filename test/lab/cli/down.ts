import { setTimeout as sleep } from 'node:timers/promises';
import { findHandLab } from './hand-lab.ts';

/** Ends the owner of this checkout's machines, which removes them; returns when all is gone. */
export async function down(): Promise<number> {
  const lab = await findHandLab();
  if (lab === undefined) {
    process.stdout.write('nothing is up\n');
    return 0;
  }
  process.kill(lab.owner.pid, 'SIGTERM');
  for (let waited = 0; waited < 300; waited++) {
    if ((await findHandLab())?.id !== lab.id) return 0;
    await sleep(100);
  }
  throw new Error(`the lab's process ${lab.owner.pid} does not end`);
}
