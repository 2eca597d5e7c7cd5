# A way to the donor of a clone that keeps to a rate: MySQL's own limit lets up to three times as much through (9.7); and to one with an IPv6 address, which MySQL takes for no donor's. Stands before the client that says CLONE, whose
# statements come after this program, with RELAY_PORT for the port where this listens. Arguments: the donor's host and port, bytes a second, the client's argv.
use strict; use warnings;
use Errno; use IO::Select; use IO::Socket::IP; use List::Util qw(max min); use POSIX (); use Time::HiRes qw(time);

my ($host, $port, $rate, @client) = @ARGV;
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 64) or die "a way to $host: $@\n";
my $parent = $$;
my $relay = fork; defined $relay or die "fork: $!\n";
if (!$relay) { relay(); POSIX::_exit(0) }

my $statements = do { local $/; <DATA> };
$statements =~ s/RELAY_PORT/$listener->sockport/ge;
close $listener;
open my $pipe, '|-', @client or die "$client[0]: $!\n";
print $pipe $statements; close $pipe;
my $status = $?;
kill 'KILL', $relay; waitpid $relay, 0;
exit($status >> 8 || ($status ? 1 : 0));

# Each connection of the recipient has one to the donor. By file descriptor: a socket, the one that it is joined to, what is still to be written to it, whether it is the donor's.
my %end;

# What one side sent is written to the other before more of it is read: little is held, and nothing is lost where one closes.
sub relay {
  # Bytes that may come now: what is left of a pause is not saved up beyond a tenth of a second.
  my ($allowance, $most, $least, $last) = (0, max(65536, $rate / 10), 4096, time);
  while (getppid == $parent) {
    my $now = time; $allowance = min($most, $allowance + ($now - $last) * $rate); $last = $now;
    my $may_come = $allowance >= $least;
    my @from = grep { $end{fileno $_->{peer}}{unsent} eq '' && ($may_come || !$_->{donor}) } values %end;
    my @to = grep { $_->{unsent} ne '' } values %end;
    my ($readable, $writable) = IO::Select->select(IO::Select->new($listener, map { $_->{socket} } @from), IO::Select->new(map { $_->{socket} } @to), undef, $may_come ? 1 : ($least - $allowance) / $rate);
    # One that was closed in this round has no descriptor any more.
    for my $socket (grep { defined fileno $_ } @{ $writable // [] }) {
      my $to = $end{fileno $socket};
      my $n = syswrite $socket, $to->{unsent};
      if (defined $n) { substr $to->{unsent}, 0, $n, '' } elsif (!again()) { part($to) }
    }
    for my $socket (@{ $readable // [] }) {
      if ($socket == $listener) { meet($listener->accept); next }
      my $from = defined fileno $socket ? $end{fileno $socket} : undef;
      next if !$from || $from->{donor} && $allowance < 1;
      my $n = sysread $socket, my $data, $from->{donor} ? min(65536, int $allowance) : 65536;
      if ($n) { $end{fileno $from->{peer}}{unsent} = $data; $allowance -= $n if $from->{donor} } elsif (defined $n || !again()) { part($from) }
    }
  }
}
sub again { $!{EAGAIN} || $!{EINTR} }
sub meet {
  my $recipient = shift or return;
  my $donor = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 15) or return close $recipient;
  $_->blocking(0) for $recipient, $donor;
  $end{fileno $recipient} = { socket => $recipient, peer => $donor, unsent => '', donor => 0 };
  $end{fileno $donor} = { socket => $donor, peer => $recipient, unsent => '', donor => 1 };
}
sub part { for my $socket (@{ $_[0] }{qw(socket peer)}) { delete $end{fileno $socket}; close $socket } }
__END__
