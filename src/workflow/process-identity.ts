import { readFile, readlink } from 'node:fs/promises';

/** A process that cannot be mistaken for another one, not even after a reboot or in another container of the same machine. */
export interface ProcessIdentity {
  /** Boot id and process-id namespace; empty where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** Start time in the kernel's own ticks; empty where the system does not tell. */
  readonly started: string;
}

const read = async (work: Promise<string>): Promise<string> => {
  try {
    return (await work).trim();
  } catch {
    return '';
  }
};

/** State letter and start time; fields are counted behind the name, which may itself hold spaces and brackets. */
const readStat = async (pid: number): Promise<{ readonly state: string; readonly started: string } | undefined> => {
  const stat = await read(readFile(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there, but someone else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
};

/** The identity of this process. */
export const thisProcess = async (): Promise<ProcessIdentity> => {
  const boot = await read(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  // Containers share the boot id but not the process ids: `pid:[4026531836]` tells them apart.
  const namespace = (await read(readlink('/proc/self/ns/pid'))).replace(/\D/g, '');
  const started = (await readStat(process.pid))?.started ?? '';
  return { boot: boot === '' || namespace === '' ? '' : `${boot}.${namespace}`, pid: process.pid, started };
};

/** True only where it is certain: it ran on this machine, since its last start, and is gone. */
export const isProvablyDead = async (other: ProcessIdentity, self: ProcessIdentity): Promise<boolean> => {
  if (self.boot === '' || other.boot !== self.boot || !Number.isSafeInteger(other.pid) || other.pid <= 0) return false;
  if (!exists(other.pid)) return true;
  const stat = await readStat(other.pid);
  // Hidden from us (`hidepid`), or just gone: not certain.
  if (stat === undefined) return false;
  return stat.state === 'Z' || stat.state === 'X' || (other.started !== '' && stat.started !== other.started);
};
