# --- databases and tables, without their secondary keys
if (!$done{definitions}) {
  note('phase definitions');
  # Those of an attempt that was cut off.
  my $ours = "'information_schema', 'mysql', 'performance_schema', 'sys', 'replctl_load'";
  ask($s, 'DROP DATABASE ' . ident($_->[0])) for ask($s, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ($ours)");
  ask($s, 'DROP TABLESPACE ' . ident($_->[0]))
    for $flavour eq 'mysql' ? ask($s, "SELECT NAME FROM information_schema.INNODB_TABLESPACES WHERE SPACE_TYPE = 'General' AND NAME <> 'mysql'") : ();
  feed('routines.sql');
  feed('tables.sql');
  mark($s, 'definitions');
}

# By number; with them, how many parts have ended, how many pieces those have, and how many are loaded.
my @tables = map {
  my ($number, $schema, $name, $engine, $type, $into, $set, $keys, $foreign, $parts, $sums) = map { unpacked($_) } split /\t/, $_, -1;
  +{
    schema => $schema, named => "$schema.$name", ident => ident($schema) . '.' . ident($name), engine => $engine, type => $type,
    into => $into, set => $set, keys => [split /\x01/, $keys], foreign => [split /\x01/, $foreign], parts => $parts, sums => $sums,
    ended => 0, pieces => 0, loaded => 0,
  }
} split /\n/, slurp('tables.tsv');

for my $t (0 .. $#tables) {
  my $table = $tables[$t];
  if ($table->{schema} eq 'mysql' && !$done{"empty $t"}) { ask($s, "DELETE FROM $table->{ident}"); mark($s, "empty $t") }
  # Of a table whose engine knows no transactions nobody can tell how much of a piece came in: it is begun again as a whole.
  next if $table->{engine} eq 'InnoDB' || $table->{type} eq 'SEQUENCE' || $done{"keys $t"};
  my @in = grep { /^piece $t\./ } keys %done or next;
  ask($s, ($table->{schema} eq 'mysql' ? 'DELETE FROM ' : 'TRUNCATE TABLE ') . $table->{ident});
  ask($s, "DELETE FROM replctl_load.done WHERE what LIKE 'piece $t.%'");
  delete @done{@in};
}
