import { ReplctlError } from '../../errors.ts';
import { must, type Command, type LeaseGuard } from '../../hosts/host.ts';
import { poll, sleep } from '../../workflow/waiting.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';

/** As the sudoers fragment names it: sudo compares the whole command. */
export const serviceCommand = (layout: Layout, verb: 'start' | 'stop'): Command => ({
  argv: ['/usr/bin/systemctl', '--no-block', verb, layout.unit!],
  as: 'root',
});

/** Starting and stopping a server by its machine's own means. systemctl does not wait: we look ourselves, and a cut leaves nothing behind. */
export const startCommand = (layout: Layout, logFile: string): Command => {
  switch (layout.control) {
    case 'systemd':
      return serviceCommand(layout, 'start');
    case 'pg_ctlcluster':
      return {
        argv: ['/usr/bin/pg_ctlcluster', String(layout.major), layout.cluster!, 'start', '--', '-W'],
        as: layout.osUser,
      };
    case 'pg_ctl':
      return {
        argv: [`${layout.binDir}/pg_ctl`, '-D', layout.dataDir, '-l', logFile, '-W', 'start'],
        as: layout.osUser,
      };
  }
};

export const stopCommand = (layout: Layout): Command =>
  layout.control === 'systemd' ? serviceCommand(layout, 'stop') : directStop(layout);

/** For a server that systemd does not know of, though its cluster has a unit. */
const directStop = (layout: Layout): Command => ({
  argv: [`${layout.binDir}/pg_ctl`, '-D', layout.dataDir, '-m', 'fast', '-W', 'stop'],
  as: layout.osUser,
});

const aliveScript = '[ -f "$1/postmaster.pid" ] && kill -0 "$(head -n 1 "$1/postmaster.pid")" 2>/dev/null';

export const isAlive = async (node: Node, layout: Layout, signal: AbortSignal): Promise<boolean> => {
  const result = await node.host.run(
    { argv: ['sh', '-c', aliveScript, 'alive', layout.dataDir], as: layout.osUser },
    { signal },
  );
  return result.exitCode === 0;
};

const unitState = async (node: Node, layout: Layout, signal: AbortSignal): Promise<string> =>
  (await node.host.run({ argv: ['systemctl', 'is-active', layout.unit!] }, { signal })).stdout.trim();

/** Milliseconds that a unit gets to end its start; Debian's takes two seconds with a server that answers at once. */
const settling = 15_000;

/**
 * A unit that is still starting is not stopped by its own stop command: systemd signals each of its processes, and a standby's postmaster then may wait
 * for ever for helpers that are gone (seen on PostgreSQL 17). So the start's end is waited for; where that takes long, systemd is not asked.
 */
const safeStop = async (node: Node, layout: Layout, signal: AbortSignal): Promise<Command> => {
  const deadline = Date.now() + settling;
  while (layout.control === 'systemd' && (await unitState(node, layout, signal)) === 'activating') {
    if (Date.now() > deadline) return directStop(layout);
    await sleep(250, signal);
  }
  return stopCommand(layout);
};

/** Seconds that a fast shutdown may take: it writes a checkpoint. */
const stopTimeout = 600;

export const stopServer = async (node: Node, layout: Layout, guard: LeaseGuard, signal: AbortSignal): Promise<void> => {
  if (!(await isAlive(node, layout, signal))) return;
  await must(node.host, { ...(await safeStop(node, layout, signal)), guard }, { signal });
  let looks = 0;
  const late = () =>
    new ReplctlError({
      code: 'FAILED',
      node: node.name,
      message: `the server in ${layout.dataDir} on ${node.name} has not stopped within ${stopTimeout} s`,
      hint: 'See its log, stop it by hand, then resume.',
      retryable: true,
    });
  await poll(
    { first: 50, every: 500, timeout: stopTimeout * 1000, signal, what: `the stop of ${node.name}'s server`, late },
    async () => {
      if (!(await isAlive(node, layout, signal))) return true;
      // A unit that is not active stops nothing: the server was started behind systemd's back.
      if (layout.control === 'systemd' && ++looks === 10) {
        if (/^(inactive|failed|unknown)/.test(await unitState(node, layout, signal)))
          await must(node.host, { ...directStop(layout), guard }, { signal });
      }
      return undefined;
    },
  );
};

const logGlob = (layout: Layout, logFile: string): string =>
  layout.kind === 'debian' ? `/var/log/postgresql/postgresql-${layout.major}-${layout.cluster}.log` : logFile;

/** The last lines of the server's log, where they can be read; for an error message. */
export const lastLog = async (node: Node, layout: Layout, logFile: string): Promise<string> => {
  const result = await node.host
    .run({ argv: ['tail', '-n', '5', '--', logGlob(layout, logFile)], as: layout.osUser, timeoutSeconds: 10 })
    .catch(() => undefined);
  return result?.stdout.trim() ?? '';
};
