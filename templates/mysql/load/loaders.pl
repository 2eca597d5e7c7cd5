# --- loaders: children with a session each, who are told one thing to do at a time
use Socket;
sub load_piece {
  my ($session, $t, $file, $rows) = @_;
  my $table = $tables[$t];
  (my $id = $file) =~ s/\.\d+\.piece$//;
  if ($table->{type} eq 'SEQUENCE') {
    my ($next, $round) = split /\t/, slurp($file);
    chomp $round;
    ask($session, "SELECT SETVAL($table->{ident}, $next, 0, $round)");
    ask($session, "INSERT IGNORE INTO replctl_load.done VALUES ('piece $id')");
    return;
  }
  my $set = $table->{set} eq '' ? '' : " SET $table->{set}";
  ask($session, 'BEGIN');
  my ($loaded) = ask($session, 'LOAD DATA INFILE ' . literal("$spool/$file") . " INTO TABLE $table->{ident} CHARACTER SET binary
    FIELDS TERMINATED BY '\\t' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' ($table->{into})$set;\nSELECT ROW_COUNT()");
  fail("$table->{named}: $loaded->[0] of $rows rows came in from a piece") if $loaded->[0] != $rows;
  ask($session, "INSERT INTO replctl_load.done VALUES ('piece $id')");
  ask($session, 'COMMIT');
}

sub add_keys {
  my ($session, $t) = @_;
  ask($session, $_) for @{ $tables[$t]{keys} };
  ask($session, "INSERT IGNORE INTO replctl_load.done VALUES ('keys $t')");
}

# The same sums over the same values as in the dump's snapshot.
sub compare {
  my ($session, $t) = @_;
  my ($row) = ask($session, $tables[$t]{sums});
  my ($here, $there) = (join("\t", @$row), slurp("sum.$t"));
  fail("$tables[$t]{named} differs from the source: rows and sums are $here, and were $there") if $here ne $there;
  ask($session, "INSERT IGNORE INTO replctl_load.done VALUES ('sum $t')");
}

my %can = (piece => \&load_piece, keys => \&add_keys, sum => \&compare);
my $loaders = IO::Select->new;
# By file descriptor: loaders that wait, the tasks of the others, and the processes of all.
my (%idle, %doing, %process);
for (1 .. $parallel) {
  socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or fail("socketpair: $!");
  my $pid = fork; defined $pid or fail("fork: $!");
  if (!$pid) {
    close $ours;
    # The parent's client is not ours to end.
    @clients = ();
    my $session = session();
    $theirs->autoflush(1);
    while (my $line = <$theirs>) {
      chomp $line;
      my ($what, @about) = split / /, $line;
      $can{$what}->($session, @about);
      print {$theirs} "done\n";
    }
    leave($session);
    POSIX::_exit(0);
  }
  close $theirs;
  $ours->autoflush(1);
  push @children, $pid;
  $loaders->add($ours);
  $idle{fileno $ours} = $ours;
  $process{fileno $ours} = $pid;
}

# Hands a task to a loader that is idle, as long as there are both.
sub hand_out {
  my $next = shift;
  for my $fd (keys %idle) {
    my $task = $next->() or return;
    $doing{$fd} = $task;
    print { delete $idle{$fd} } "@$task\n";
  }
}

# The tasks that have been done, after at most so many seconds.
sub finished {
  return map {
    my $line = <$_>;
    if (!defined $line) { waitpid $process{fileno $_}, 0; child_failed($?, 'a loader') }
    $idle{fileno $_} = $_;
    delete $doing{fileno $_}
  } $loaders->can_read(shift);
}
