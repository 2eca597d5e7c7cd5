# --- which databases, tables and columns there are, looked up by a session of its own
note('phase definitions');
my $look = session();
ask($look, 'SET SESSION wait_timeout = 3600');
# By its size a table is read in parts, and gets its keys later: MySQL would tell what it was a day ago.
ask($look, 'SET SESSION information_schema_stats_expiry = 0') if $flavour eq 'mysql';

my $ours = "'information_schema', 'mysql', 'performance_schema', 'sys'";
my @databases = map { $_->[0] } ask($look, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA
  WHERE SCHEMA_NAME NOT IN ($ours) AND SCHEMA_NAME NOT LIKE '#mysql50#.%' ORDER BY 1");
my %is_database = map { $_ => 1 } @databases;

my $of_the_server = join ', ', map { "'$_'" } qw(time_zone time_zone_name time_zone_leap_second time_zone_transition time_zone_transition_type servers);
my @tables = map { { schema => $_->[0], name => $_->[1], engine => $_->[2] // '', bytes => $_->[3], type => $_->[4] } }
  grep { $is_database{ $_->[0] } || $_->[0] eq 'mysql' }
  ask($look, "SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE, COALESCE(DATA_LENGTH, 0), TABLE_TYPE FROM information_schema.TABLES
    WHERE TABLE_TYPE IN ('BASE TABLE', 'SEQUENCE', 'SYSTEM VERSIONED') AND (TABLE_SCHEMA NOT IN ($ours) OR (TABLE_SCHEMA = 'mysql' AND TABLE_NAME IN ($of_the_server)))
    ORDER BY TABLE_SCHEMA, TABLE_NAME");

# In these a byte below 128 is always the ASCII character: quotes, tabs and line ends are told from text by looking at bytes. All others go by way of utf8mb4.
my %ascii = map { $_ => 1 } qw(
  ascii binary latin1 latin2 latin5 latin7 utf8 utf8mb3 utf8mb4 cp850 cp852 cp866 cp1250 cp1251 cp1256 cp1257 dec8 greek hebrew hp8 keybcs2 koi8r koi8u
  macce macroman geostd8 armscii8 tis620 eucjpms ujis euckr gb2312
);
my (%columns, %period);
for (ask($look, "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, EXTRA, COALESCE(GENERATION_EXPRESSION, ''), COALESCE(CHARACTER_SET_NAME, '') FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'sys') ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION")) {
  my ($schema, $table, $name, $type, $extra, $expression, $charset) = @$_;
  $period{$schema}{$table}{$1} = { name => $name, type => lc $type } if $expression =~ /^ROW (START|END)$/;
  # Computed columns come by themselves; a default that is an expression (DEFAULT_GENERATED) is none of them.
  next if $expression ne '' || $extra =~ /\b(VIRTUAL|STORED|PERSISTENT) ?(GENERATED)?\b/ && $extra !~ /DEFAULT_GENERATED/;
  push @{ $columns{$schema}{$table} }, { name => $name, type => lc $type, foreign => $charset ne '' && !$ascii{$charset} };
}
# Since when and until when a row was so: MariaDB keeps what was, and takes it from others (10.11). Times of transactions (bigint) mean nothing on another server.
for my $table (grep { $_->{type} eq 'SYSTEM VERSIONED' } @tables) {
  my ($start, $end) = map { $period{ $table->{schema} }{ $table->{name} }{$_} // { name => "row_\L$_", type => 'timestamp' } } qw(START END);
  next if $end->{type} ne 'timestamp';
  $table->{history} = ' FOR SYSTEM_TIME ALL';
  push @{ $columns{ $table->{schema} }{ $table->{name} } }, { %$start, foreign => '' }, { %$end, foreign => '', ends => 1 };
}
sub columns_of { my $table = shift; @{ $columns{ $table->{schema} }{ $table->{name} } // [] } }

# By which a table can be read in ranges.
my %key;
for (ask($look, "SELECT s.TABLE_SCHEMA, s.TABLE_NAME, s.COLUMN_NAME FROM information_schema.STATISTICS s JOIN information_schema.COLUMNS c
    ON c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME AND c.COLUMN_NAME = s.COLUMN_NAME
    WHERE s.INDEX_NAME = 'PRIMARY' AND s.SEQ_IN_INDEX = 1 AND c.DATA_TYPE IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint') AND s.TABLE_SCHEMA NOT IN ($ours)")) {
  my ($schema, $table, $column) = @$_;
  $key{$schema}{$table} = $column;
}
