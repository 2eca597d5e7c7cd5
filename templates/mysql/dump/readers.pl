# --- readers: each opens its snapshot under the lock, says so, and waits for tasks, which are named by their numbers in the list of tasks
pipe(my $tasks_out, my $tasks_in) or fail("pipe: $!");
pipe(my $ready_out, my $ready_in) or fail("pipe: $!");
pipe(my $go_out, my $go_in) or fail("pipe: $!");

for my $reader (1 .. $parallel) {
  my $pid = fork; defined $pid or fail("fork: $!");
  if ($pid) { push @children, $pid; next }
  close $tasks_in; close $ready_out; close $go_in;
  $SIG{TERM} = sub { kill 'TERM', @clients; POSIX::_exit(143) };
  push @client, @compression if $compressed[$reader - 1];
  my $s = session();
  syswrite $ready_in, 'c';
  sysread $go_out, my $byte, 1 or POSIX::_exit(1);
  ask($s, 'START TRANSACTION WITH CONSISTENT SNAPSHOT' . ($flavour eq 'mysql' ? ', READ ONLY' : ''));
  syswrite $ready_in, 's';
  $limit = 0;
  ask($s, 'SET SESSION wait_timeout = 86400');
  ask($s, 'SET SESSION character_set_results = NULL');
  my @tasks;
  while (sysread $tasks_out, my $number, 8) {
    @tasks = tasks() if !@tasks;
    carry_out($s, $tasks[int $number]);
  }
  leave($s);
  POSIX::_exit(0);
}
close $ready_in; close $go_out;

sub await {
  my ($letter, $what) = @_;
  for (1 .. $parallel) {
    # One that ended leaves the pipe open, for the others hold it too.
    until (IO::Select->new($ready_out)->can_read(0.2)) {
      for (@children) { child_failed($?, "a reader that was $what") if waitpid $_, WNOHANG }
    }
    my $n = sysread $ready_out, my $byte, 1;
    fail("a reader ended while $what") if !$n || $byte ne $letter;
  }
}
await('c', 'connecting');
