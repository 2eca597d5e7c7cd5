import { ReplctlError } from '../errors.ts';
import { shownCommand, type Host } from '../hosts/host.ts';

export interface SectionOptions {
  readonly host: Host;
  /** OS user who owns the directory. */
  readonly as: string;
  /** Of the lock file; its directory is made (0700) where it is missing. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * Whoever was here last may have removed the file that others wait for: a lock on one that is not there any more keeps nobody out, and is taken anew.
 * The lock is held for as long as standard input is open: it goes with the connection, whatever happens to us.
 */
const holdScript = `
until [ "$1" -ef /proc/self/fd/9 ]; do
  mkdir -p -m 700 -- "$(dirname -- "$1")" && exec 9>>"$1" || exit 1
  flock -w 20 9 || { echo busy; exit 0; }
done
echo held
exec cat >/dev/null
`;

/** Does work that only one replctl at a time may do on that host: short work, since others wait for it for 20 s at most. */
export const inCriticalSection = async <T>(
  { host, as, path, signal }: SectionOptions,
  work: () => Promise<T>,
): Promise<T> => {
  const command = { argv: ['sh', '-c', holdScript, 'critical-section', path], as };
  const stream = await host.duplex(command, { signal });
  stream.on('error', () => undefined);
  stream.result.catch(() => undefined);
  try {
    let said = '';
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      said += String(chunk);
      if (said.includes('\n')) break;
    }
    if (said.trim() !== 'held')
      throw new ReplctlError({
        code: 'FAILED',
        node: host.node,
        message: `${path} on ${host.node} is held by another replctl${said.trim() === 'busy' ? '' : ` (${shownCommand(command).slice(0, 80)} said nothing)`}`,
        hint: 'Give the command again in a minute.',
        retryable: true,
      });
    return await work();
  } finally {
    stream.destroy();
  }
};
