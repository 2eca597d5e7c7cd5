import type { Command, LeaseGuard, ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { serviceCommand, stopService } from '../service.ts';
import type { Layout } from './layout.ts';
import { fragmentPath } from './fragment.ts';
import { endSession } from './with-session.ts';

/** A server's working directory is its data directory, whatever that is called by now. */
const aliveScript = `
for process in $(pgrep -x 'mysqld|mariadbd'); do
  if [ "/proc/$process/cwd" -ef "$1" ]; then echo "$process"; exit 0; fi
done
exit 1`;

export const aliveCommand = (layout: Layout, dataDir = layout.dataDir): Command => ({
  argv: ['sh', '-c', aliveScript, 'alive', dataDir],
  as: layout.adminUser,
});

export const isAlive = async (
  node: Node<ReadingHost>,
  layout: Layout,
  signal: AbortSignal,
  dataDir?: string,
): Promise<boolean> => (await node.host.run(aliveCommand(layout, dataDir), { signal })).exitCode === 0;

/** Ends in a moment: the server goes on by itself, apart from our connection. */
const directStart = 'cd / && setsid "$1" --defaults-file="$2" </dev/null >/dev/null 2>&1 & exit 0';

const directStopScript = 'process=$(sh -c "$2" alive "$1") || exit 0; kill -TERM "$process"';

/** For a server that no unit is for, or that runs though its unit does not know of it. */
export const directStop = (layout: Layout): Command => ({
  argv: ['sh', '-c', directStopScript, 'stop', layout.dataDir, aliveScript],
  as: layout.adminUser,
});

/** With its own means; a server that no unit is for with the option file that is named. */
export const startCommand = (layout: Layout, optionFile = fragmentPath(layout)): Command =>
  layout.control === 'systemd'
    ? serviceCommand(layout.unit!, 'start')
    : { argv: ['sh', '-c', directStart, 'start', layout.server, optionFile], as: layout.osUser };

export const stopCommand = (layout: Layout): Command =>
  layout.control === 'systemd' ? serviceCommand(layout.unit!, 'stop') : directStop(layout);

/** Returns when the server is gone. */
export const stopServer = async (node: Node, layout: Layout, guard: LeaseGuard, signal: AbortSignal): Promise<void> => {
  await endSession(node, layout);
  await stopService(
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
};

const logScript =
  'if [ -n "$1" ] && [ -s "$1" ]; then exec tail -n 5 -- "$1"; fi; [ -z "$2" ] || exec journalctl -u "$2" -n 5 -o cat --no-pager';

/** The last lines of the server's log, where they can be read; for an error message. */
export const lastLog = async (node: Node<ReadingHost>, layout: Layout): Promise<string> => {
  const argv = ['sh', '-c', logScript, 'log', layout.errorLog ?? '', layout.unit ?? ''];
  const result = await node.host.run({ argv, as: layout.adminUser, timeoutSeconds: 10 }).catch(() => undefined);
  return result?.stdout.trim() ?? '';
};
