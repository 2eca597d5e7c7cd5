import { shell } from './quoting.ts';

// Both programs copy each way by itself, so that a server that is writing and not reading cannot stop the other way. Half-close
// goes through; when the server's side ends, all is over. The perl has no modules, which minimal systems package apart
// (1 = AF_UNIX, SOCK_STREAM and SHUT_WR; 4 = EINTR).
const perl = `
$| = 1; $SIG{PIPE} = "IGNORE"; my $path = shift;
socket(S, 1, 1, 0) && length($path) < 108 && connect(S, pack("Sa108", 1, $path)) or do { print STDERR "$path: $!\\n"; exit 1 };
sub copy {
  my ($from, $to) = @_; my $b;
  while (1) {
    my $n = sysread($from, $b, 65536);
    if (!defined $n) { next if $! == 4; return }
    return if !$n;
    for (my $o = 0; $o < $n;) {
      my $w = syswrite($to, $b, $n - $o, $o);
      if (defined $w) { $o += $w } elsif ($! != 4) { return }
    }
  }
}
my $child = fork;
defined $child or do { print STDERR "fork: $!\\n"; exit 1 };
if (!$child) { close STDOUT; copy(\\*STDIN, \\*S); shutdown(S, 1); exit 0 }
close STDIN; copy(\\*S, \\*STDOUT); kill 9, $child; exit 0;`;

const python = `
import os, socket, sys, threading
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
try:
    s.connect(sys.argv[1])
except OSError as e:
    sys.stderr.write("%s: %s\\n" % (sys.argv[1], e.strerror)); sys.exit(1)
def up():
    try:
        while True:
            b = os.read(0, 65536)
            if not b: break
            s.sendall(b)
        s.shutdown(socket.SHUT_WR)
    except OSError: pass
threading.Thread(target=up, daemon=True).start()
try:
    while True:
        b = s.recv(65536)
        if not b: break
        v = memoryview(b)
        while v: v = v[os.write(1, v):]
except OSError: pass
os._exit(0)`;

const choose = `
if command -v perl >/dev/null; then exec perl -e "$2" -- "$1"; fi
if command -v python3 >/dev/null; then exec python3 -c "$3" "$1"; fi
echo 'neither perl nor python3 is here to reach the socket with' >&2
exit 127
`;

/**
 * The argv of a program that joins its standard input and output to a unix socket: for `duplex`, run as the OS user that the
 * server accepts (peer, auth_socket). It ends when the server closes, or when our side is gone. Exit code 1 with a line in stderr:
 * the socket is not there or refuses; 127: the host has neither perl nor python3.
 */
export const bridgeCommand = (socketPath: string): string[] => shell(choose, 'bridge', [socketPath, perl, python]);
