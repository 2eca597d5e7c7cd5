import { ReplctlError } from '../errors.ts';
import { must, type Command, type LeaseGuard, type ReadingHost } from '../hosts/host.ts';
import { poll, sleep } from '../workflow/waiting.ts';
import type { Node } from './adapter.ts';

/** As the sudoers fragment names it: sudo compares the whole command. systemctl does not wait: we look ourselves, and a cut leaves nothing behind. */
export const serviceCommand = (unit: string, verb: 'start' | 'stop'): Command => ({
  argv: ['/usr/bin/systemctl', '--no-block', verb, unit],
  as: 'root',
});

/** A server as its machine starts and stops it. */
export interface Service {
  /** systemd unit; absent where none is for it. */
  readonly unit?: string | undefined;
  /** For messages: what the server serves. */
  readonly dataDir: string;
  /** Stops the server without its unit: it may have been started behind systemd's back. */
  readonly directStop: Command;
  readonly isAlive: (signal: AbortSignal) => Promise<boolean>;
}

export const stopCommand = ({ unit, directStop }: Pick<Service, 'unit' | 'directStop'>): Command =>
  unit === undefined ? directStop : serviceCommand(unit, 'stop');

const unitState = async (node: Node, unit: string, signal: AbortSignal): Promise<string> =>
  (await node.host.run({ argv: ['systemctl', 'is-active', unit] }, { signal })).stdout.trim();

/** Milliseconds that a unit gets to end its start; Debian's takes two seconds with a server that answers at once. */
const settling = 15_000;

/**
 * A unit that is still starting is not stopped by its own stop command: systemd signals each of its processes, and a standby's postmaster then may wait
 * for ever for helpers that are gone (seen on PostgreSQL 17). So the start's end is waited for; where that takes long, systemd is not asked.
 */
const safeStop = async (node: Node, service: Service, signal: AbortSignal): Promise<Command> => {
  const deadline = Date.now() + settling;
  while (service.unit !== undefined && (await unitState(node, service.unit, signal)) === 'activating') {
    if (Date.now() > deadline) return service.directStop;
    await sleep(250, signal);
  }
  return stopCommand(service);
};

/** Seconds that a shutdown may take: it writes what is dirty. */
const stopTimeout = 600;

/** Returns when the server is gone; where none runs that is at once. */
export const stopService = async (
  node: Node,
  service: Service,
  guard: LeaseGuard,
  signal: AbortSignal,
): Promise<void> => {
  if (!(await service.isAlive(signal))) return;
  await must(node.host, { ...(await safeStop(node, service, signal)), guard }, { signal });
  let looks = 0;
  const late = () =>
    new ReplctlError({
      code: 'FAILED',
      node: node.name,
      message: `the server in ${service.dataDir} on ${node.name} has not stopped within ${stopTimeout} s`,
      hint: 'See its log, stop it by hand, then resume.',
      retryable: true,
    });
  await poll(
    { first: 50, every: 100, timeout: stopTimeout * 1000, signal, what: `the stop of ${node.name}'s server`, late },
    async () => {
      if (!(await service.isAlive(signal))) return true;
      // A unit that is not active stops nothing: the server was started behind systemd's back.
      if (service.unit !== undefined && ++looks === 10) {
        if (/^(inactive|failed|unknown)/.test(await unitState(node, service.unit, signal)))
          await must(node.host, { ...service.directStop, guard }, { signal });
      }
      return undefined;
    },
  );
};

/** Starting and stopping a systemd unit is root's: asked of sudo beforehand, not found out when the copy is there. What sudo said, where it refuses. */
export const serviceRefusal = async (
  node: Node<ReadingHost>,
  unit: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> => {
  if (unit === undefined || node.host.login.uid === 0) return undefined;
  const asked = (['start', 'stop'] as const).map(async (verb) => {
    const { argv } = serviceCommand(unit, verb);
    const result = await node.host.run({ argv: ['sudo', '-n', '-l', '--', ...argv] }, { signal });
    return result.exitCode === 0 ? undefined : result.stderr.trim().split('\n').at(-1) || argv.join(' ');
  });
  return (await Promise.all(asked)).find((refusal) => refusal !== undefined);
};
