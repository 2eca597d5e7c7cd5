# --- definitions: databases and routines; tables and views; triggers and events. Tables get their secondary keys after their rows.
sub definitions {
  my ($name, $of, @options) = @_;
  if (!@$of) { spit($name, ''); return '' }
  open(my $old, '>&', \*STDERR);
  open(STDERR, '>>', "$spool/dumper.errors");
  my $pid = open(my $pipe, '-|', @dumper, @options, qw(--databases --), @$of) or fail("$arg{dumper}: $!");
  push @clients, $pid;
  my $text = do { local $/; <$pipe> } // '';
  close $pipe;
  my $status = $? >> 8;
  @clients = grep { $_ != $pid } @clients;
  open(STDERR, '>&', $old);
  # Views that do not work are left out with an error of their own; all else is the end.
  if ($status && -s "$spool/dumper.errors") {
    open my $f, '<', "$spool/dumper.errors";
    my @bad = grep { !/View|view|1356|Warning|Deprecated/i } <$f>;
    fail("$arg{dumper}: $bad[-1]") if @bad;
  }
  spit($name, $text);
  return $text;
}

# A key costs a statement of its own, which small tables that are many would pay for with minutes.
my $many_tables = 200;
my %bytes_of;
$bytes_of{ $_->{schema} }{ $_->{name} } = $_->{bytes} for @tables;

# By schema and table, the statements for what is added to it later: `keys` after its rows, `foreign` after all tables.
my %later;
# A line of a definition: names and strings in it may hold line breaks.
my $line_of_it = qr/(?:`(?:[^`]|``)*+`|'(?:[^'\\]|\\.|'')*+'|[^`'\n]++)*+/s;
my $name_of_it = qr/`((?:[^`]|``)*)`/;

sub defer_keys {
  my ($schema, $statement) = @_;
  my ($name) = $statement =~ /^CREATE TABLE $name_of_it \(/ or return $statement;
  $name =~ s/``/`/g;
  return $statement if $statement !~ /^\) ENGINE=InnoDB/m;
  my $is_small = @tables > $many_tables && ($bytes_of{$schema}{$name} // 0) < 1e6;
  my @lines = grep { $_ ne '' } $statement =~ /\G($line_of_it|[^\n]*)(?:\n|\z)/g;
  my $has_primary = grep { /^  PRIMARY KEY/ } @lines;
  my ($auto) = map { /^  $name_of_it .* AUTO_INCREMENT/ ? $1 : () } @lines;
  my ($primary) = map { /^  PRIMARY KEY \($name_of_it/ ? $1 : () } @lines;
  my (@kept, @keys, @full, @foreign);
  for my $line (@lines) {
    (my $bare = $line) =~ s/,$//;
    $bare =~ s/^  //;
    # A table without a primary key is ordered by its first unique one; what counts itself needs a key.
    my $needed = !$has_primary && $bare =~ /^UNIQUE KEY/
      || defined $auto && (!defined $primary || $primary ne $auto) && $bare =~ /^(UNIQUE )?KEY `(?:[^`]|``)*` \(`\Q$auto\E`/;
    if ($is_small && $line !~ / FOREIGN KEY /) { push @kept, $line }
    elsif ($line =~ /^  (UNIQUE )?KEY / && !$needed) { push @keys, "ADD $bare" }
    elsif ($line =~ /^  (FULLTEXT|SPATIAL) KEY /) { push @full, "ADD $bare" }
    elsif ($line =~ /^  CONSTRAINT .* FOREIGN KEY /) { push @foreign, "ADD $bare" }
    else { push @kept, $line }
  }
  # The last line of the columns has no comma.
  for my $at (1 .. $#kept) { $kept[$at - 1] =~ s/,$// if $kept[$at] =~ /^\)/ }
  my $table = ident($schema) . '.' . ident($name);
  $later{$schema}{$name} = {
    keys => [(@keys ? "ALTER TABLE $table " . join(', ', @keys) : ()), map { "ALTER TABLE $table $_" } @full],
    foreign => [map { "ALTER TABLE $table $_" } @foreign],
  };
  return join "\n", @kept;
}

# A statement is a run of lines up to one that ends in a semicolon.
sub without_keys {
  my $text = shift;
  my ($schema, $out, $statement) = ('', '', '');
  while ($text =~ /\G($line_of_it\n|[^\n]*\n)/gc) {
    chomp(my $line = $1);
    if ($statement eq '' && $line =~ /^USE $name_of_it;$/) { ($schema = $1) =~ s/``/`/g }
    if ($statement eq '' && $line !~ /^CREATE TABLE /) { $out .= "$line\n"; next }
    $statement .= ($statement eq '' ? '' : "\n") . $line;
    next if $line !~ /;$/ || $line =~ /^  /;
    $out .= defer_keys($schema, $statement) . "\n";
    $statement = '';
  }
  return $out;
}

# Those that have some: the dumper looks at each of their tables, whatever is asked for.
sub databases_with {
  my %has = map { $_->[0] => 1 } map { ask($look, "SELECT DISTINCT $_") } @_;
  return [grep { $has{$_} } @databases];
}
my $routines = definitions('routines.sql', databases_with('ROUTINE_SCHEMA FROM information_schema.ROUTINES'), qw(--no-create-info --skip-triggers --routines));
# Functions of libraries belong to no database, and no dumper tells of them; views and generated columns may call them.
my @returned = qw(STRING REAL INTEGER - DECIMAL);
spit('routines.sql', join('', map {
  my ($name, $returned, $library, $kind) = @$_;
  'DROP FUNCTION IF EXISTS ' . ident($name) . ";\nCREATE " . ($kind eq 'aggregate' ? 'AGGREGATE ' : '') . 'FUNCTION ' . ident($name) . " RETURNS $returned[$returned] SONAME " . literal($library) . ";\n"
} ask($look, 'SELECT name, ret, dl, type FROM mysql.func')) . $routines);
my $with_keys = definitions('tables.all', \@databases, qw(--skip-triggers));
# Every file is to lie in the follower's data directory, wherever it lies on the source; and no engine is to come in place of one that is missing.
$with_keys =~ s/SQL_MODE='NO_AUTO_VALUE_ON_ZERO'/SQL_MODE='NO_AUTO_VALUE_ON_ZERO,NO_DIR_IN_CREATE,NO_ENGINE_SUBSTITUTION'/
  or fail("$arg{dumper} does not begin as it should: SQL_MODE='NO_AUTO_VALUE_ON_ZERO' was expected") if $with_keys ne '';
# No dumper tells of InnoDB's general tablespaces, and tables name them.
my @tablespaces = $flavour ne 'mysql' ? () : map {
  my ($name, $block, $encryption, $path) = @$_;
  (my $file = $path) =~ s{.*/}{};
  'CREATE TABLESPACE ' . ident($name) . ' ADD DATAFILE ' . literal($file) . ($block ? " FILE_BLOCK_SIZE = $block" : '') . ($encryption eq 'Y' ? " ENCRYPTION = 'Y'" : '') . ";\n"
} ask($look, "SELECT t.NAME, t.ZIP_PAGE_SIZE, t.ENCRYPTION, d.PATH FROM information_schema.INNODB_TABLESPACES t JOIN information_schema.INNODB_DATAFILES d ON d.SPACE = t.SPACE
    WHERE t.SPACE_TYPE = 'General' AND t.NAME <> 'mysql' ORDER BY 1");
definitions('triggers.sql', databases_with('TRIGGER_SCHEMA FROM information_schema.TRIGGERS', 'EVENT_SCHEMA FROM information_schema.EVENTS'), qw(--no-create-info --no-create-db --triggers --events));
spit('tables.sql', join('', @tablespaces) . without_keys($with_keys));
unlink "$spool/tables.all";
