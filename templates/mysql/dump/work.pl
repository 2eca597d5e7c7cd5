# --- the work: each table once, and one that outweighs the others in ranges of its key
my $total = 0;
$total += $_->{bytes} for @tables;
my $share = $total / $parallel;
# What comes last is waited for: small pieces of what is small. But each is a file.
my $piece_bytes = $total < 8e9 ? 16e6 : 48e6;

# Their rows are other tables', or on other servers: what is read here would be written there.
my %elsewhere = map { $_ => 1 } qw(MRG_MYISAM MRG_ISAM FEDERATED CONNECT SPIDER SPHINX OQGRAPH S3);

# The conditions of a table's parts: one that is empty, or ranges.
sub ranges {
  my ($table, $from) = @_;
  return ' WHERE 1 = 0' if $elsewhere{ uc $table->{engine} };
  my $column = $key{ $table->{schema} }{ $table->{name} };
  return '' if !defined $column || $table->{bytes} <= 64e6 || $table->{bytes} <= $share / 2;
  my $parts = int($table->{bytes} / ($share / 2)) + 1;
  $parts = 16 if $parts > 16;
  my $k = ident($column);
  my ($edge) = ask($look, "SELECT MIN($k), MAX($k) FROM $from");
  my ($least, $most) = @$edge;
  return '' if !defined $least || $most - $least <= 1000;
  my @cuts = map { $least + int(($most - $least) * $_ / $parts) } 1 .. $parts - 1;
  return (" WHERE $k < $cuts[0]", (map { " WHERE $k >= $cuts[$_] AND $k < $cuts[$_ + 1]" } 0 .. $#cuts - 1), " WHERE $k >= $cuts[-1]");
}

# A line of the list of tables, which whoever loads reads.
sub listed {
  my ($number, $table, $parts, $sums) = @_;
  my (@into, @set);
  for my $column (columns_of($table)) {
    my $v = '@v' . scalar @into;
    my $how = read_back($column, $v);
    push @into, defined $how ? $v : ident($column->{name});
    push @set, ident($column->{name}) . " = $how" if defined $how;
  }
  my $after = $later{ $table->{schema} }{ $table->{name} };
  my @statements = map { join "\x01", @{ $after->{$_} // [] } } qw(keys foreign);
  return join("\t", map { packed($_) } $number, @$table{qw(schema name engine type)}, join(', ', @into), join(', ', @set), @statements, $parts, $sums) . "\n";
}

my ($list, @rows, @sums) = ('');
for my $number (0 .. $#tables) {
  my $table = $tables[$number];
  my @named = columns_of($table);
  my $from = ident($table->{schema}) . '.' . ident($table->{name}) . ($table->{history} // '');
  my $what = $table->{type} eq 'SEQUENCE' ? 'next_not_cached_value, cycle_count' : join ', ', map { written($_) } @named;
  my @ranges = ranges($table, $from);
  push @rows, map { { table => $number, part => $_, select => "SELECT $what FROM $from$ranges[$_]", bytes => $table->{bytes} / @ranges } } 0 .. $#ranges;
  my $is_compared = $arg{checksums} && $table->{engine} eq 'InnoDB' && $table->{type} ne 'SEQUENCE' && $table->{schema} ne 'mysql' && @named;
  my $sums = $is_compared ? sums($from, @named) : '';
  push @sums, { table => $number, part => 'sum', select => $sums } if $is_compared;
  $list .= listed($number, $table, scalar @ranges, $sums);
}
spit('tables.tsv', $list);

my @work = ((sort { $b->{bytes} <=> $a->{bytes} } @rows), @sums);
spit('tasks', join '', "$piece_bytes\n", map { join("\t", map { packed($_) } @$_{qw(table part select)}) . "\n" } @work);

# For a reader, which has none of this.
sub tasks {
  open my $f, '<', "$spool/tasks" or fail("$spool/tasks: $!");
  $piece_bytes = <$f>;
  return map { chomp; my ($table, $part, $select) = map { unpacked($_) } split /\t/, $_, 3; +{ table => $table, part => $part, select => $select } } <$f>;
}
