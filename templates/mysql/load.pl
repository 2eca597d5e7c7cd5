# Loads what dump.pl spools, while it still comes, into a server that only this run knows. Run by replctl on the future follower, as a job; begun again, it goes on
# with the pieces that are not in yet. Arguments: name=value.
use strict; use warnings;
use IO::Handle; use IO::Select; use Socket; use POSIX qw(:sys_wait_h); use Time::HiRes qw(time sleep);

my %arg = map { /^(\w+)=(.*)$/s ? ($1 => $2) : () } @ARGV;
my ($spool, $flavour, $parallel) = @arg{qw(spool flavour parallel)};
my @client = ($arg{client}, '--no-defaults', "--socket=$arg{socket}", "--user=$arg{user}", qw(--batch --skip-column-names --unbuffered --default-character-set=utf8mb4 --binary-mode));
my $parent = $$; our @children; $SIG{PIPE} = 'IGNORE';
sub fail { my $why = shift; print STDERR "$why\n"; kill 'TERM', @children if $$ == $parent; POSIX::_exit(1) }
sub note { print "@_\n"; STDOUT->flush }

my $count = 0; my $end = sprintf 'replctl-%08x%08x', rand 2**32, rand 2**32;
sub session {
  my $errors = "$spool/load-errors." . $$ . '.' . ++$count;
  pipe(my $from_us, my $to_client) or fail("pipe: $!"); pipe(my $from_client, my $to_us) or fail("pipe: $!");
  my $pid = fork; defined $pid or fail("fork: $!");
  if (!$pid) { open STDIN, '<&', $from_us; open STDOUT, '>&', $to_us; open STDERR, '>', $errors; close $_ for $from_us, $to_client, $from_client, $to_us; exec @client or POSIX::_exit(127) }
  close $from_us; close $to_us; $to_client->autoflush(1);
  my $s = { in => $to_client, out => $from_client, errors => $errors, pid => $pid, buffer => '' };
  # With unique_checks off, MariaDB collects the first piece of a table and sorts it: half as much again of the processors' time (11.8).
  ask($s, "SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = " . ($flavour eq 'mysql' ? 0 : 1));
  return $s;
}
sub lost { my ($s, $what) = @_; my $why = ''; if (open my $f, '<', $s->{errors}) { my @lines = <$f>; $why = $lines[-1] // ''; chomp $why } fail(($why || 'the server for the copy was lost') . ($what ? ' (' . substr($what, 0, 200) . ')' : '')) }
sub unescape { my $v = shift; return undef if $v eq 'NULL'; $v =~ s/\\([0nt\\])/$1 eq '0' ? "\0" : $1 eq 'n' ? "\n" : $1 eq 't' ? "\t" : '\\'/ge; $v }
sub ask {
  my ($s, $sql) = @_;
  print { $s->{in} } "$sql;\nSELECT '$end';\n" or lost($s, $sql);
  my @rows;
  while (1) {
    while ($s->{buffer} =~ s/^([^\n]*)\n//) { my $line = $1; return @rows if $line eq $end; push @rows, [map { unescape($_) } split /\t/, $line, -1] }
    my $n = sysread $s->{out}, $s->{buffer}, 65536, length $s->{buffer}; lost($s, $sql) if !$n;
  }
}
sub leave { my $s = shift; close $s->{in}; close $s->{out}; waitpid $s->{pid}, 0; unlink $s->{errors} }
sub ident { my $n = shift; $n =~ s/`/``/g; "`$n`" }
sub literal { my $n = shift; $n =~ s/\\/\\\\/g; $n =~ s/'/''/g; "'$n'" }
sub slurp { my $name = shift; open my $f, '<', "$spool/$name" or return undef; local $/; my $text = <$f>; $text // '' }
# A whole file of statements, by a client of its own: it ends at the first error, or with $force leaves out what fails.
sub feed {
  my ($name, $force, $before) = @_;
  my $text = slurp($name); fail("$spool/$name is gone") if !defined $text;
  return '' if $text !~ /\S/;
  my $errors = "$spool/feed-errors";
  open(my $old, '>&', \*STDERR); open(STDERR, '>', $errors);
  open(my $pipe, '|-', @client, $force ? '--force' : ()) or fail("$arg{client}: $!");
  open(STDERR, '>&', $old);
  print $pipe $before // '', $text; close $pipe; my $failed = $?;
  my $said = do { local $/; open my $f, '<', $errors; <$f> } // '';
  if ($failed && !$force) { my @lines = grep { /ERROR/ } split /\n/, $said; fail("$name: " . ($lines[-1] // $said)) }
  return $said;
}
sub wait_for { my $name = shift; until (-e "$spool/$name") { sleep 0.05; fail('the dump was cut off') if -e "$spool/broken" } }

wait_for('tables.tsv');
my $s = session();
ask($s, 'CREATE DATABASE IF NOT EXISTS replctl_load');
ask($s, 'CREATE TABLE IF NOT EXISTS replctl_load.done (what varchar(190) PRIMARY KEY) ENGINE = InnoDB');
my %done = map { $_->[0] => 1 } ask($s, 'SELECT what FROM replctl_load.done');
sub mark { my ($session, $what) = @_; ask($session, 'INSERT IGNORE INTO replctl_load.done VALUES (' . literal($what) . ')'); $done{$what} = 1 }
my $quiet = "SET SESSION sql_log_bin = 0, foreign_key_checks = 0, unique_checks = 0;\n";
if (!$done{definitions}) {
  note('phase definitions');
  for my $d (ask($s, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys', 'replctl_load')")) { ask($s, 'DROP DATABASE ' . ident($d->[0])) }
  feed('routines.sql', 0, $quiet); feed('tables.sql', 0, $quiet);
  mark($s, 'definitions');
}

my @tables = map { my @f = split /\t/, $_, -1; s/\\([tn\\])/$1 eq 't' ? "\t" : $1 eq 'n' ? "\n" : '\\'/ge for @f;
  { schema => $f[1], name => $f[2], engine => $f[3], type => $f[4], into => $f[5], set => $f[6], keys => [split /\x01/, $f[7]], foreign => [split /\x01/, $f[8]], parts => $f[9], sums => $f[10], ended => 0, pieces => 0, loaded => 0 } }
  split /\n/, slurp('tables.tsv');
my $total = 0; my $bytes = 0;

# Of a table whose engine knows no transactions nobody can tell how much of a piece came in: it is begun again as a whole.
for my $t (0 .. $#tables) {
  my $table = $tables[$t];
  my $name = ident($table->{schema}) . '.' . ident($table->{name});
  if ($table->{schema} eq 'mysql' && !$done{"empty $t"}) { ask($s, "DELETE FROM $name"); mark($s, "empty $t") }
  next if $table->{engine} eq 'InnoDB' || $table->{type} eq 'SEQUENCE' || $done{"keys $t"};
  if (grep { /^piece $t\./ } keys %done) { ask($s, "TRUNCATE TABLE $name") if $table->{schema} ne 'mysql'; ask($s, "DELETE FROM $name") if $table->{schema} eq 'mysql'; ask($s, "DELETE FROM replctl_load.done WHERE what LIKE 'piece $t.%'"); delete $done{$_} for grep { /^piece $t\./ } keys %done }
}

sub load_piece {
  my ($session, $t, $file, $rows) = @_;
  my $table = $tables[$t]; my $name = ident($table->{schema}) . '.' . ident($table->{name});
  (my $id = $file) =~ s/\.\d+\.piece$//;
  if ($table->{type} eq 'SEQUENCE') {
    my ($next, $round) = split /\t/, slurp($file); chomp $round;
    ask($session, "SELECT SETVAL($name, $next, 0, $round)"); ask($session, "INSERT IGNORE INTO replctl_load.done VALUES ('piece $id')"); return;
  }
  ask($session, 'BEGIN');
  my $set = $table->{set} eq '' ? '' : " SET $table->{set}";
  my ($loaded) = ask($session, "LOAD DATA INFILE " . literal("$spool/$file") . " INTO TABLE $name CHARACTER SET binary FIELDS TERMINATED BY '\\t' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' ($table->{into})$set;\nSELECT ROW_COUNT()");
  fail("$table->{schema}.$table->{name}: $loaded->[0] of $rows rows came in from a piece") if $loaded->[0] != $rows;
  ask($session, "INSERT INTO replctl_load.done VALUES ('piece $id')"); ask($session, 'COMMIT');
}

# The same sums over the same values as in the dump's snapshot.
sub compare {
  my ($session, $t) = @_;
  my ($row) = ask($session, $tables[$t]{sums}); my ($here, $there) = (join("\t", @$row), slurp("sum.$t"));
  fail("$tables[$t]{schema}.$tables[$t]{name} differs from the source: rows and sums are $here, and were $there") if $here ne $there;
  ask($session, "INSERT IGNORE INTO replctl_load.done VALUES ('sum $t')");
}

# --- loaders: children with a session each, who are told one thing to do at a time
my $select = IO::Select->new; my (%idle, %doing);
for (1 .. $parallel) {
  socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or fail("socketpair: $!");
  my $pid = fork; defined $pid or fail("fork: $!");
  if (!$pid) {
    close $ours; my $session = session(); $theirs->autoflush(1);
    while (my $line = <$theirs>) {
      chomp $line; my ($what, $t, $file, $rows) = split / /, $line;
      if ($what eq 'piece') { load_piece($session, $t, $file, $rows) }
      elsif ($what eq 'sum') { compare($session, $t) }
      else { ask($session, $_) for @{ $tables[$t]{keys} }; ask($session, "INSERT IGNORE INTO replctl_load.done VALUES ('keys $t')") }
      print {$theirs} "done\n";
    }
    leave($session); POSIX::_exit(0);
  }
  close $theirs; $ours->autoflush(1); push @children, $pid; $select->add($ours); $idle{fileno $ours} = $ours;
}

my (%seen, @pieces, @keys); my ($told, $keys_left) = (0, scalar @tables); my $complete = 0;
sub scan {
  opendir my $dir, $spool or fail("$spool: $!");
  my @names = readdir $dir; closedir $dir;
  # Which comes first matters: an end is only believed with all of its pieces.
  for my $name (@names) {
    next if $seen{$name};
    if ($name =~ /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.piece$/) {
      $seen{$name} = 1;
      if ($done{"piece $1.$2.$3"}) { $tables[$1]{loaded}++; $bytes += -s "$spool/$name"; unlink "$spool/$name" unless $arg{keep} }
      else { push @pieces, [$1, $name, $4, -s "$spool/$name"] }
    } elsif ($name =~ /^(\d+)\.(\d+)\.(\d+)\.end$/) { $seen{$name} = 1; $tables[$1]{ended}++; $tables[$1]{pieces} += $3 }
  }
}
# Pieces that are in and gone count as loaded.
for my $what (keys %done) { if ($what =~ /^piece (\d+)\.(\d+)\.(\d+)$/ && !glob("$spool/$1.$2.$3.*.piece")) { $tables[$1]{loaded}++ } }
sub ready_for_keys { my $t = shift; my $table = $tables[$t]; !$table->{keyed} && $table->{ended} == $table->{parts} && $table->{loaded} == $table->{pieces} }

note('phase rows');
while (1) {
  scan();
  for my $t (0 .. $#tables) {
    next if !ready_for_keys($t);
    $tables[$t]{keyed} = 1;
    if ($done{"keys $t"} || !@{ $tables[$t]{keys} }) { $keys_left-- } else { push @keys, $t }
  }
  for my $fd (keys %idle) {
    my $task = @keys ? ['keys', shift @keys] : @pieces ? ['piece', @{ shift @pieces }] : last;
    my $to = delete $idle{$fd}; $doing{$fd} = $task;
    print {$to} join(' ', @$task[0 .. ($task->[0] eq 'piece' ? 3 : 1)]) . "\n";
  }
  last if $keys_left == 0 && !%doing;
  for my $from ($select->can_read(0.05)) {
    my $line = <$from>; fail('a loader did not come to its end') if !defined $line;
    my $task = delete $doing{fileno $from}; $idle{fileno $from} = $from;
    if ($task->[0] eq 'piece') { $tables[$task->[1]]{loaded}++; $bytes += $task->[4]; unlink "$spool/$task->[2]" }
    else { $keys_left-- }
  }
  if (time - $told > 0.5) { note("bytes $bytes"); $told = time }
  fail('the dump was cut off') if -e "$spool/broken";
}
note("bytes $bytes");
wait_for('complete');
note('phase comparing');
my @sums = grep { $tables[$_]{sums} ne '' && !$done{"sum $_"} } 0 .. $#tables;
while (@sums || %doing) {
  for my $fd (keys %idle) { last if !@sums; my $t = shift @sums; my $to = delete $idle{$fd}; $doing{$fd} = ['sum', $t]; print {$to} "sum $t\n" }
  for my $from ($select->can_read(1)) { my $line = <$from>; fail('a loader did not come to its end') if !defined $line; delete $doing{fileno $from}; $idle{fileno $from} = $from }
}
for my $fd (keys %idle) { close $idle{$fd} } waitpid $_, 0 for @children; @children = ();

note('phase constraints');
for my $t (0 .. $#tables) { next if $done{"foreign $t"} || !@{ $tables[$t]{foreign} }; for my $sql (@{ $tables[$t]{foreign} }) { ask($s, $sql) } mark($s, "foreign $t") }
if (!$done{triggers}) {
  # Those of an attempt that was cut off.
  for my $t (ask($s, 'SELECT TRIGGER_SCHEMA, TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA NOT IN (\'sys\', \'mysql\')')) { ask($s, 'DROP TRIGGER ' . ident($t->[0]) . '.' . ident($t->[1])) }
  for my $e (ask($s, 'SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS')) { ask($s, 'DROP EVENT ' . ident($e->[0]) . '.' . ident($e->[1])) }
  feed('triggers.sql', 0, $quiet); mark($s, 'triggers');
}
note('phase loaded');
leave($s);
