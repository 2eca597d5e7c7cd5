import type { Command, LeaseGuard } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { serviceCommand, stopService } from '../service.ts';
import type { Layout } from './layout.ts';

/** Starting and stopping a server by its machine's own means. systemctl does not wait: we look ourselves, and a cut leaves nothing behind. */
export const startCommand = (layout: Layout, logFile: string): Command => {
  switch (layout.control) {
    case 'systemd':
      return serviceCommand(layout.unit!, 'start');
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
  layout.control === 'systemd' ? serviceCommand(layout.unit!, 'stop') : directStop(layout);

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

export const stopServer = async (node: Node, layout: Layout, guard: LeaseGuard, signal: AbortSignal): Promise<void> =>
  stopService(
    node,
    {
      unit: layout.control === 'systemd' ? layout.unit : undefined,
      dataDir: layout.dataDir,
      directStop: directStop(layout),
      isAlive: (until) => isAlive(node, layout, until),
    },
    guard,
    signal,
  );

const logGlob = (layout: Layout, logFile: string): string =>
  layout.kind === 'debian' ? `/var/log/postgresql/postgresql-${layout.major}-${layout.cluster}.log` : logFile;

/** The last lines of the server's log, where they can be read; for an error message. */
export const lastLog = async (node: Node, layout: Layout, logFile: string): Promise<string> => {
  const result = await node.host
    .run({ argv: ['tail', '-n', '5', '--', logGlob(layout, logFile)], as: layout.osUser, timeoutSeconds: 10 })
    .catch(() => undefined);
  return result?.stdout.trim() ?? '';
};
