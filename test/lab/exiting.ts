import { spawnSync } from 'node:child_process';
import { cleanScript } from './cleaning.ts';
import { unregisterNow, type LabRecord } from './registry.ts';

/**
 * Removes the lab when this process ends, however it does: a kill that cannot be caught ends its machines too,
 * and the next lab sweeps up the rest. Returns what takes this back.
 */
export function cleanOnExit(lab: LabRecord): () => void {
  const clean = () => {
    spawnSync('sh', ['-c', cleanScript(lab)], { stdio: 'ignore' });
    unregisterNow(lab);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    forget();
    clean();
    // We only wanted to be told; if nobody else did, the signal does what it does.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const forget = () => {
    process.removeListener('exit', clean);
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  process.on('exit', clean);
  for (const signal of signals) process.on(signal, onSignal);
  return forget;
}
