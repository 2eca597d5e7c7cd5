# --- rows as they come, and the keys of each table that is whole
my (%seen, @pieces, @keys);
my $bytes = 0;

sub spooled { opendir my $dir, $spool or fail("$spool: $!"); return readdir $dir }

sub scan {
  for my $name (grep { !$seen{$_} } spooled()) {
    if ($name =~ /^((\d+)\.\d+\.\d+)\.(\d+)\.piece$/) {
      my ($id, $t, $rows) = ($1, $2, $3);
      $seen{$name} = 1;
      if ($done{"piece $id"}) { $tables[$t]{loaded}++; $bytes += -s "$spool/$name"; unlink "$spool/$name" }
      else { push @pieces, ['piece', $t, $name, $rows] }
    } elsif ($name =~ /^(\d+)\.\d+\.(\d+)\.end$/) {
      $seen{$name} = 1;
      $tables[$1]{ended}++;
      $tables[$1]{pieces} += $2;
    }
  }
}

# Pieces that are in and gone count as loaded; one that is in and still there is met by the first look.
my %there = map { /^(\d+\.\d+\.\d+)\.\d+\.piece$/ ? ($1 => 1) : () } spooled();
for my $id (map { /^piece (.+)$/ ? $1 : () } keys %done) {
  my ($t) = split /\./, $id;
  $tables[$t]{loaded}++ if !$there{$id};
}

sub is_whole { my $table = shift; $table->{ended} == $table->{parts} && $table->{loaded} == $table->{pieces} }

note('phase rows');
my ($told, $keys_left) = (0, scalar @tables);
while (1) {
  scan();
  for my $t (grep { !$tables[$_]{keyed} && is_whole($tables[$_]) } 0 .. $#tables) {
    $tables[$t]{keyed} = 1;
    if ($done{"keys $t"} || !@{ $tables[$t]{keys} }) { $keys_left-- } else { push @keys, ['keys', $t] }
  }
  hand_out(sub { shift @keys // shift @pieces });
  last if $keys_left == 0 && !%doing;
  for my $task (finished(0.05)) {
    my ($what, $t, $file) = @$task;
    if ($what eq 'keys') { $keys_left--; next }
    $tables[$t]{loaded}++;
    $bytes += -s "$spool/$file";
    unlink "$spool/$file";
  }
  if (time - $told > 0.5) { note("bytes $bytes"); $told = time }
  fail('the dump was cut off') if -e "$spool/broken";
}
note("bytes $bytes");
wait_for('complete');
