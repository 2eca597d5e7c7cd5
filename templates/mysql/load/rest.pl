# --- comparing, and what has to wait for all rows
note('phase comparing');
my @sums = map { ['sum', $_] } grep { $tables[$_]{sums} ne '' && !$done{"sum $_"} } 0 .. $#tables;
while (@sums || %doing) {
  hand_out(sub { shift @sums });
  finished(1);
}
close $_ for values %idle;
waitpid $_, 0 for @children;
@children = ();

note('phase constraints');
for my $t (grep { !$done{"foreign $_"} && @{ $tables[$_]{foreign} } } 0 .. $#tables) {
  ask($s, $_) for @{ $tables[$t]{foreign} };
  mark($s, "foreign $t");
}
if (!$done{triggers}) {
  # Those of an attempt that was cut off.
  ask($s, 'DROP TRIGGER ' . ident($_->[0]) . '.' . ident($_->[1]))
    for ask($s, "SELECT TRIGGER_SCHEMA, TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA NOT IN ('sys', 'mysql')");
  ask($s, 'DROP EVENT ' . ident($_->[0]) . '.' . ident($_->[1])) for ask($s, 'SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS');
  feed('triggers.sql');
  mark($s, 'triggers');
}
note('phase loaded');
leave($s);
