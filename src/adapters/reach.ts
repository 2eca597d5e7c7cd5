import { isIP } from 'node:net';
import { type ReadingHost } from '../hosts/host.ts';
import type { Node } from './adapter.ts';

/** How the future follower reaches another node's database port. */
export type Reach =
  | { readonly ok: true; readonly localAddress: string }
  | { readonly ok: false; readonly error: string };

/**
 * Opens a TCP connection from the host and says from which address it went out: the one that `pg_hba.conf` must let in, whatever
 * the host is called. Perl is essential on Debian; python3 where it is not there.
 */
const perl = String.raw`
use IO::Socket::IP;
my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => 5, Type => 1) or do { print STDERR ($@ || $!), "\n"; exit 1 };
print $s->sockhost, "\n";`;

const python = String.raw`
import socket, sys
try:
    s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
    print(s.getsockname()[0])
except OSError as e:
    sys.exit(str(e))`;

const script = 'if command -v perl >/dev/null; then exec perl -e "$1" -- "$3" "$4"; fi; exec python3 -c "$2" "$3" "$4"';

const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');

export const reachPort = async (
  from: Node<ReadingHost>,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Reach> => {
  const { exitCode, stdout, stderr } = await from.host.run(
    { argv: ['sh', '-c', script, 'sh', perl, python, address, String(port)], timeoutSeconds: 10 },
    { signal },
  );
  const localAddress = unmapped(stdout.trim());
  // It goes into another machine's pg_hba.conf: nothing but an address is let through.
  if (exitCode === 0 && isIP(localAddress) !== 0) return { ok: true, localAddress };
  if (exitCode === 0)
    return { ok: false, error: `${from.name} gives no address of its own: ${localAddress.slice(0, 80)}` };
  return { ok: false, error: stderr.trim().split('\n').at(-1) || `exit code ${exitCode}` };
};
