# --- rows: a reader's answer to a task goes into pieces that begin and end with whole rows
sub carry_out {
  my ($s, $task) = @_;
  return $task->{part} eq 'sum' ? add_up($s, $task) : read_rows($s, $task);
}

sub add_up {
  my ($s, $task) = @_;
  ask($s, 'SET SESSION character_set_results = utf8mb4');
  my ($row) = ask($s, $task->{select});
  ask($s, 'SET SESSION character_set_results = NULL');
  spit("sum.$task->{table}", join "\t", @$row);
}

# A file is TABLE.PART.PIECE.part while it grows, and TABLE.PART.PIECE.ROWS.piece when it is whole; TABLE.PART.PIECES.end says that all are there.
sub read_rows {
  my ($s, $task) = @_;
  my $named = "$spool/$task->{table}.$task->{part}";
  my ($piece, $rows, $size, $f) = (0, 0, 0, undef);
  my $close = sub {
    return if !$f;
    close $f or fail("$spool: $!");
    rename "$named.$piece.part", "$named.$piece.$rows.piece" or fail("$spool: $!");
    ($piece, $rows, $size, $f) = ($piece + 1, 0, 0, undef);
  };
  my $write = sub {
    my $data = shift;
    return if $data eq '';
    if (!$f) { open $f, '>', "$named.$piece.part" or fail("$spool: $!") }
    for (my $at = 0; $at < length $data;) {
      my $n = syswrite $f, $data, length($data) - $at, $at;
      defined $n or fail("$spool: $!");
      $at += $n;
    }
    $rows += ($data =~ tr/\n//);
    $size += length $data;
  };

  print { $s->{in} } "$task->{select};\nSELECT '$end';\n" or lost($s);
  my ($buffer, $began, $sent) = ($s->{buffer}, time, 0);
  $s->{buffer} = '';
  my $mark = "$end\n";
  while (1) {
    my $n = sysread $s->{out}, $buffer, 1048576, length $buffer;
    lost($s, 'reading rows') if !$n;
    $sent += $n;
    if ($rate) { my $ahead = $sent / ($rate / $parallel) - (time - $began); sleep $ahead if $ahead > 0 }
    my $before = length($buffer) - length $mark;
    if ($before >= 0 && substr($buffer, $before) eq $mark && ($before == 0 || substr($buffer, $before - 1, 1) eq "\n")) {
      $write->(substr $buffer, 0, $before);
      last;
    }
    # Whole rows only, and what may be the mark's beginning waits.
    my $cut = rindex $buffer, "\n";
    next if $cut < 0;
    $write->(substr $buffer, 0, $cut + 1, '');
    $close->() if $size >= $piece_bytes;
  }
  $close->();
  open my $done, '>', "$named.$piece.end" or fail("$spool: $!");
  close $done;
}

# The tasks are handed out by a process of its own, so that we see who ends.
spit('total', "$total\n");
note("phase rows\ntotal $total");
my $feeder = fork; defined $feeder or fail("fork: $!");
if (!$feeder) {
  close $tasks_out;
  for my $number (0 .. $#work) { syswrite($tasks_in, sprintf '%08d', $number) or POSIX::_exit(1) }
  POSIX::_exit(0);
}
close $tasks_in; close $tasks_out;
push @children, $feeder;
my %alive = map { $_ => 1 } @children;
while (%alive) {
  # Of the clients only those of readers end before their time.
  my $pid = waitpid -1, WNOHANG;
  if ($pid <= 0) { sleep 0.02; next }
  child_failed($?, 'a reader') if delete $alive{$pid} && $?;
}
alarm 0;
leave($ddl); leave($look);
spit('complete', scalar(@work) . "\n");
note('phase done');
