import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/**
 * The process that is PID 1 in the machine that this boot script runs: a child of its systemd-nspawn. Looked up each
 * time: a reboot from inside gives the machine another one. `undefined` before it is there and after it is gone.
 */
export function leaderOf(script: number): number | undefined {
  for (const child of childrenOf(script).flatMap(childrenOf)) {
    const inner = /^NSpid:.*\s(\d+)$/m.exec(read(`/proc/${child}/status`))?.[1];
    if (inner === '1' && read(`/proc/${child}/comm`) === 'systemd') return child;
  }
  return undefined;
}

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** Until systemd says that every unit of the boot has started or failed; sshd and the database are among them. */
export async function waitUntilBooted(machine: Machine, seconds = 90): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  let state = '';
  while (Date.now() < deadline) {
    if (!machine.isOn) break;
    state = await bootState(machine);
    if (state === 'running' || state === 'degraded') return;
    await sleep(50);
  }
  const what = machine.isOn ? `is ${state || 'silent'} after ${seconds} s` : 'ended while booting';
  throw new Error(`${machine.name} ${what}; its console:\n${machine.console.slice(-4000)}`);
}

async function bootState(machine: Machine): Promise<string> {
  try {
    const { stdout } = await machine.run(['systemctl', 'is-system-running', '--wait'], { timeoutSeconds: 60 });
    return stdout.trim();
  } catch {
    return '';
  }
}

/** Processes end while one looks. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch {
    return '';
  }
}
