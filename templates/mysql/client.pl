# What reading the source and loading the copy have in common. Runs on the future follower, as the beginning of a job; needs perl and the server's own client programs.
# Arguments: name=value.
use strict; use warnings;
use Errno qw(EINTR); use IO::Handle; use IO::Select; use POSIX qw(:sys_wait_h); use Time::HiRes qw(time sleep alarm);

my %arg = map { /^(\w+)=(.*)$/s ? ($1 => $2) : () } @ARGV;
my ($spool, $flavour, $parallel) = @arg{qw(spool flavour parallel)};
my $parent = $$;
$SIG{PIPE} = 'IGNORE';

# What ends with us: processes of ours, and clients; one that waits for a link that is gone would stay for hours.
our (@children, @clients);

sub give_up {
  kill 'TERM', @clients;
  kill 'TERM', grep { $_ } @children if $$ == $parent;
  POSIX::_exit(1);
}
sub fail { my $why = shift; print STDERR "$why\n"; give_up() }
# One that gave up has said why, and its word is to be the last.
sub child_failed { my ($status, $who) = @_; $status == 1 << 8 ? give_up() : fail("$who did not come to its end") }

sub note { print "@_\n"; STDOUT->flush }

sub ident { my $name = shift; $name =~ s/`/``/g; "`$name`" }
sub literal { my $text = shift; $text =~ s/\\/\\\\/g; $text =~ s/'/''/g; "'$text'" }

# Fields of lists in the spool: by tab, a record a line.
my %named = (t => "\t", n => "\n", '\\' => '\\');
my %name_of = reverse %named;
sub packed { my $field = shift; $field =~ s/([\\\t\n])/\\$name_of{$1}/g; $field }
sub unpacked { my $field = shift; $field =~ s/\\([tn\\])/$named{$1}/g; $field }

# --- a session is a client program that answers one question after the other. It ends at the first error, whose text is the last line of its standard error.

# Its argv, how its end is called where it says nothing itself, and what it is told first.
our (@client, $lost, @greeting);
# Seconds that an answer may take; 0: as long as it wants.
our $limit = 0;
# No row looks like it by accident.
my $end = sprintf 'replctl-%08x%08x', rand 2**32, rand 2**32;
my $sessions = 0;

sub session {
  my $errors = "$spool/errors.$$." . ++$sessions;
  pipe(my $from_us, my $to_client) or fail("pipe: $!");
  pipe(my $from_client, my $to_us) or fail("pipe: $!");
  my $pid = fork; defined $pid or fail("fork: $!");
  if (!$pid) {
    open STDIN, '<&', $from_us; open STDOUT, '>&', $to_us; open STDERR, '>', $errors;
    close $_ for $from_us, $to_client, $from_client, $to_us;
    exec @client or POSIX::_exit(127);
  }
  close $from_us; close $to_us;
  $to_client->autoflush(1);
  push @clients, $pid;
  my $s = { in => $to_client, out => $from_client, errors => $errors, pid => $pid, buffer => '' };
  ask($s, $_) for @greeting;
  return $s;
}

sub leave {
  my $s = shift;
  close $s->{in}; close $s->{out};
  waitpid $s->{pid}, 0;
  @clients = grep { $_ != $s->{pid} } @clients;
  unlink $s->{errors};
}

sub lost {
  my ($s, $what) = @_;
  my $why = '';
  if (open my $f, '<', $s->{errors}) { my @lines = <$f>; $why = $lines[-1] // ''; chomp $why }
  # In one line: the last of a job's is what its failure tells.
  $what =~ s/\s+/ /g if $what;
  fail(($why || $lost) . ($what ? ' (' . substr($what, 0, 200) . ')' : ''));
}

# A link that was cut says nothing: who asked would wait for ever.
sub heard {
  my ($s, $until, $what) = @_;
  while (1) {
    my $left = $until - time;
    lost($s, "the source has not answered for $limit s: $what") if $left <= 0;
    vec(my $ready = '', fileno $s->{out}, 1) = 1;
    return if select($ready, undef, undef, $left) > 0;
  }
}

sub unescape {
  my $value = shift;
  return undef if $value eq 'NULL';
  $value =~ s/\\([0nt\\])/$1 eq '0' ? "\0" : $named{$1}/ge;
  return $value;
}

sub ask {
  my ($s, $sql) = @_;
  print { $s->{in} } "$sql;\nSELECT '$end';\n" or lost($s, $sql);
  my $until = time + $limit;
  my @rows;
  while (1) {
    while ($s->{buffer} =~ s/^([^\n]*)\n//) {
      my $line = $1;
      return @rows if $line eq $end;
      push @rows, [map { unescape($_) } split /\t/, $line, -1];
    }
    heard($s, $until, $sql) if $limit;
    my $n = sysread $s->{out}, $s->{buffer}, 65536, length $s->{buffer};
    next if !defined $n && $! == EINTR;
    lost($s, $sql) if !$n;
  }
}
