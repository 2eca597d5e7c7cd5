# Reads a whole server at one position, in parallel, into files in a spool directory. Run by replctl on the future follower, as a job.
# Arguments: name=value. Logs in with option files only; needs perl and the server's own client programs.
use strict; use warnings;
use Fcntl qw(:flock); use IO::Handle; use IO::Select; use POSIX qw(:sys_wait_h); use Time::HiRes qw(time sleep alarm); use Errno qw(EINTR);

my %arg = map { /^(\w+)=(.*)$/s ? ($1 => $2) : () } @ARGV;
my ($spool, $flavour, $parallel) = @arg{qw(spool flavour parallel)};
my @client = ($arg{client}, "--defaults-file=$arg{access}", qw(--batch --skip-column-names --quick --unbuffered --default-character-set=utf8mb4 --connect-timeout=15));
my @dumper = ($arg{dumper}, "--defaults-file=$arg{access}", qw(--default-character-set=utf8mb4 --no-data --skip-lock-tables --skip-add-locks --skip-comments --skip-dump-date --force --databases));
splice @dumper, 2, 0, qw(--set-gtid-purged=OFF --column-statistics=0 --no-tablespaces) if $flavour eq 'mysql';
my $rate = $arg{rate} || 0;
my $piece_bytes = $arg{piece_bytes} || 0;
my $parent = $$;
$SIG{PIPE} = 'IGNORE';

# A client that waits for a link that is gone would stay for hours.
our (@children, @clients);
sub fail { my $why = shift; print STDERR "$why\n"; kill 'TERM', @clients; kill 'TERM', grep { $_ } @children if $$ == $parent; POSIX::_exit(1) }
sub note { print "@_\n"; STDOUT->flush }
sub spit { my ($name, $text) = @_; open(my $f, '>', "$spool/$name.part") or fail("$spool/$name: $!"); print $f $text; $f->flush; $f->sync; close $f or fail("$spool/$name: $!"); rename "$spool/$name.part", "$spool/$name" or fail("$spool/$name: $!") }

# A client that answers one question after the other. It ends at the first error, whose text is the last line of its standard error.
my $count = 0;
sub session {
  my $errors = "$spool/errors." . $$ . '.' . ++$count;
  pipe(my $from_us, my $to_client) or fail("pipe: $!"); pipe(my $from_client, my $to_us) or fail("pipe: $!");
  my $pid = fork; defined $pid or fail("fork: $!");
  if (!$pid) {
    open STDIN, '<&', $from_us; open STDOUT, '>&', $to_us; open STDERR, '>', $errors;
    close $_ for $from_us, $to_client, $from_client, $to_us; exec @client or POSIX::_exit(127);
  }
  close $from_us; close $to_us; $to_client->autoflush(1); push @clients, $pid;
  my $s = { in => $to_client, out => $from_client, errors => $errors, pid => $pid, buffer => '' };
  ask($s, "SET SESSION time_zone = '+00:00', wait_timeout = 60, lock_wait_timeout = $arg{lock_timeout}, net_write_timeout = 600");
  ask($s, $flavour eq 'mysql' ? 'SET SESSION max_execution_time = 0' : 'SET SESSION max_statement_time = 0');
  return $s;
}
sub lost { my ($s, $what) = @_; my $why = ''; if (open my $f, '<', $s->{errors}) { my @lines = <$f>; $why = $lines[-1] // ''; chomp $why } fail(($why || "the connection to the source was lost") . ($what ? " ($what)" : '')) }
# Seconds that an answer may take; 0: as long as it wants. A link that was cut says nothing: its sessions would be waited for for ever. Until all snapshots are open
# every statement is bounded; after that the lock's session is asked for a sign of life, and reading may take its time.
our $limit = $arg{lock_timeout} + 25;
sub heard {
  my ($s, $until, $sql) = @_;
  while (1) {
    my $left = $until - time; lost($s, "the source has not answered for $limit s: $sql") if $left <= 0;
    vec(my $ready = '', fileno $s->{out}, 1) = 1;
    return if select($ready, undef, undef, $left) > 0;
  }
}
# No row looks like it by accident.
my $end = sprintf 'replctl-%08x%08x', rand 2**32, rand 2**32;
sub unescape { my $v = shift; return undef if $v eq 'NULL'; $v =~ s/\\([0nt\\])/$1 eq '0' ? "\0" : $1 eq 'n' ? "\n" : $1 eq 't' ? "\t" : '\\'/ge; $v }
sub ask {
  my ($s, $sql) = @_;
  print { $s->{in} } "$sql;\nSELECT '$end';\n" or lost($s, $sql);
  my (@rows, $until); $until = time + $limit if $limit;
  while (1) {
    while ($s->{buffer} =~ s/^([^\n]*)\n//) { my $line = $1; return @rows if $line eq $end; push @rows, [map { unescape($_) } split /\t/, $line, -1] }
    heard($s, $until, $sql) if $until;
    my $n = sysread $s->{out}, $s->{buffer}, 65536, length $s->{buffer};
    next if !defined $n && $! == EINTR;
    lost($s, $sql) if !$n;
  }
}
# Bytes a second that come over from the source, in rows that every server sends; after three seconds the link is known to be slow.
sub link_speed {
  my $s = session(); my ($bytes, $tail, $began) = (0, '', time);
  print { $s->{in} } "SELECT REPEAT('x', 100000) FROM information_schema.COLLATIONS LIMIT 30;\nSELECT '$end';\n" or lost($s, 'measuring the link');
  until (substr($tail, -length $end) eq $end) {
    heard($s, time + $limit, 'measuring the link');
    my $n = sysread $s->{out}, my $data, 1048576; lost($s, 'measuring the link') if !$n;
    $bytes += $n;
    ($tail = substr "$tail$data", -200) =~ s/\n\z//;
    if (time - $began > 3) { kill 'KILL', $s->{pid}; last }
  }
  leave($s);
  return $bytes / (time - $began + 0.001);
}
sub leave { my $s = shift; close $s->{in}; close $s->{out}; waitpid $s->{pid}, 0; @clients = grep { $_ != $s->{pid} } @clients; unlink $s->{errors} }

sub ident { my $n = shift; $n =~ s/`/``/g; "`$n`" }
sub literal { my $n = shift; $n =~ s/\\/\\\\/g; $n =~ s/'/''/g; "'$n'" }

# --- readers: each opens its snapshot under the lock, says so, and waits for tasks
pipe(my $tasks_out, my $tasks_in) or fail("pipe: $!"); pipe(my $ready_out, my $ready_in) or fail("pipe: $!"); pipe(my $go_out, my $go_in) or fail("pipe: $!");
# Over a fast link compression would only hold the copy up. MySQL's (zstd at its lowest level) is worth it below a gigabit or two. MariaDB has zlib alone, which takes a
# processor for 30 MB a second: over a slow link every second reader has it, so that the link and the processors are both at work.
my $speed = $rate && $rate < 60e6 ? $rate : link_speed();
my @compressed = map { $flavour eq 'mysql' ? $speed < 200e6 : $speed < 60e6 && $_ % 2 == 0 } 1 .. $parallel;
my @compression = $flavour eq 'mysql' ? ('--compression-algorithms=zstd,uncompressed', '--zstd-compression-level=1') : '--compress';
note(sprintf 'link %.0f MB/s, %d of %d readers compressed', $speed / 1e6, scalar(grep { $_ } @compressed), $parallel);
my $ddl;
for my $reader (1 .. $parallel) {
  my $pid = fork; defined $pid or fail("fork: $!");
  if ($pid) { push @children, $pid; next }
  close $tasks_in; close $ready_out; close $go_in;
  $SIG{TERM} = sub { kill 'TERM', @clients; POSIX::_exit(1) };
  push @client, @compression if $compressed[$reader - 1];
  my $s = session();
  ask($s, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  syswrite $ready_in, 'c';
  sysread $go_out, my $byte, 1 or POSIX::_exit(1);
  ask($s, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY') if $flavour eq 'mysql';
  ask($s, 'START TRANSACTION WITH CONSISTENT SNAPSHOT') if $flavour ne 'mysql';
  syswrite $ready_in, 's'; $limit = 0;
  ask($s, 'SET SESSION wait_timeout = 86400');
  ask($s, 'SET SESSION character_set_results = NULL');
  my @todo;
  while (sysread($tasks_out, my $record, 8)) { @todo = tasks() if !@todo; reader($s, $todo[int $record]) }
  leave($s); POSIX::_exit(0);
}
sub await {
  my ($letter, $what) = @_;
  for (1 .. $parallel) {
    # One that ended leaves the pipe open, for the others hold it too.
    until (IO::Select->new($ready_out)->can_read(0.2)) { fail("a reader ended while $what") if grep { waitpid $_, WNOHANG } @children }
    my $n = sysread $ready_out, my $byte, 1; fail("a reader ended while $what") if !$n || $byte ne $letter;
  }
}
close $ready_in; close $go_out;
await('c', 'connecting');

# --- from here to the last row nobody changes a definition. On MySQL that lock is taken under the global one: before it, an event that is due would wait for it with
# the global lock's permission in hand, and the global lock for the event (seen on 9.7). MariaDB's is taken first.
$ddl = session();
if ($flavour ne 'mysql') { ask($ddl, $_) for 'BACKUP STAGE START', 'BACKUP STAGE BLOCK_DDL' }
# A cut link ends the lock's session on the server after 60 s; while we are here it is asked for more.
$SIG{ALRM} = sub { local $limit = 30; ask($ddl, 'DO 1'); alarm 10 };

# --- the moment: nobody writes while the position is read and the snapshots are opened. The server itself ends it when we are gone.
my $global = session();
ask($global, "SET SESSION wait_timeout = $arg{lock_timeout}");
my $locking = time;
ask($global, 'FLUSH TABLES WITH READ LOCK');
my $locked = time;
ask($ddl, 'LOCK INSTANCE FOR BACKUP') if $flavour eq 'mysql';
my @prepared = ask($global, 'XA RECOVER');
fail(scalar(@prepared) . ' XA transactions are prepared on the source: a snapshot would miss what they write') if @prepared;
my ($at) = ask($global, $arg{show_position});
my ($gtid) = ask($global, "SELECT $arg{history}");
syswrite $go_in, 'g' x $parallel;
await('s', 'opening its snapshot');
my @accounts = $flavour eq 'mysql' ? () : mariadb_accounts();
ask($global, 'UNLOCK TABLES');
my $held = time - $locked; leave($global);
note(sprintf 'locked %.3f waited %.3f', $held, $locked - $locking);
(my $gtids = $gtid->[0] // '') =~ s/\s//g;
$limit = 0; alarm 10;
spit('position', join("\t", $at->[0] // '', $at->[1] // '', $gtids) . "\n");

my $ours = "'information_schema', 'mysql', 'performance_schema', 'sys'";
note('phase definitions');
my $look = session();
ask($look, 'SET SESSION wait_timeout = 3600');
my @databases = map { $_->[0] } ask($look, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ($ours) AND SCHEMA_NAME NOT LIKE '#mysql50#.%' ORDER BY 1");
my %is_database = map { $_ => 1 } @databases;
my @tables = map { { schema => $_->[0], name => $_->[1], engine => $_->[2] // '', bytes => $_->[3], type => $_->[4] } }
  grep { $is_database{$_->[0]} || $_->[0] eq 'mysql' }
  ask($look, "SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE, COALESCE(DATA_LENGTH, 0), TABLE_TYPE FROM information_schema.TABLES
    WHERE TABLE_TYPE IN ('BASE TABLE', 'SEQUENCE', 'SYSTEM VERSIONED') AND (TABLE_SCHEMA NOT IN ($ours) OR (TABLE_SCHEMA = 'mysql' AND TABLE_NAME IN ('time_zone', 'time_zone_name', 'time_zone_leap_second', 'time_zone_transition', 'time_zone_transition_type', 'servers')))
    ORDER BY TABLE_SCHEMA, TABLE_NAME");
# In these a byte below 128 is always the ASCII character: quotes, tabs and line ends are told from text by looking at bytes. All others go by way of utf8mb4.
my %ascii = map { $_ => 1 } qw(ascii binary latin1 latin2 latin5 latin7 utf8 utf8mb3 utf8mb4 cp850 cp852 cp866 cp1250 cp1251 cp1256 cp1257 dec8 greek hebrew hp8 keybcs2 koi8r koi8u macce macroman geostd8 armscii8 tis620 eucjpms ujis euckr gb2312);
my %columns;
for my $c (ask($look, "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, EXTRA, COALESCE(GENERATION_EXPRESSION, ''), COALESCE(CHARACTER_SET_NAME, '') FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'sys') ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION")) {
  # Computed columns come by themselves; a default that is an expression (DEFAULT_GENERATED) is none of them.
  next if $c->[5] ne '' || $c->[4] =~ /\b(VIRTUAL|STORED|PERSISTENT) ?(GENERATED)?\b/ && $c->[4] !~ /DEFAULT_GENERATED/;
  push @{ $columns{$c->[0]}{$c->[1]} }, { name => $c->[2], type => lc $c->[3], foreign => $c->[6] ne '' && !$ascii{$c->[6]} };
}
my %key;
for my $k (ask($look, "SELECT s.TABLE_SCHEMA, s.TABLE_NAME, s.COLUMN_NAME, c.DATA_TYPE FROM information_schema.STATISTICS s JOIN information_schema.COLUMNS c
    ON c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME AND c.COLUMN_NAME = s.COLUMN_NAME
    WHERE s.INDEX_NAME = 'PRIMARY' AND s.SEQ_IN_INDEX = 1 AND c.DATA_TYPE IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint') AND s.TABLE_SCHEMA NOT IN ($ours)")) {
  $key{$k->[0]}{$k->[1]} = $k->[2];
}

# How a column is written so that LOAD DATA reads the same value again: NULL is a bare word, so that the text NULL, and what begins with a quote, is quoted.
my $texts = qr/^(char|varchar|tinytext|text|mediumtext|longtext|binary|varbinary|tinyblob|blob|mediumblob|longblob|enum|set|json)$/;
my %hex = map { $_ => 1 } qw(geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection vector);
sub written {
  my ($name, $type, $foreign) = @_; my $c = ident($name);
  $c = "CONVERT($c USING utf8mb4)" if $foreign;
  return "HEX($c)" if $hex{$type};
  return "$c + 0" if $type eq 'bit';
  return "CAST($c AS DOUBLE)" if $type eq 'float';
  return $c if $type =~ /^(tinyint|smallint|mediumint|int|bigint|decimal|double|date|datetime|timestamp|time|year)$/;
  # Types that compare with nothing but their own kind, MariaDB's uuid among them.
  $c = "CAST($c AS CHAR CHARACTER SET utf8mb4)" if $type !~ $texts;
  # 34 is the quote, 78 is N. A look at the first byte costs least; more is quoted than has to be.
  return "IF(ASCII($c) IN (34, 78), CONCAT('\"', REPLACE($c, '\"', '\"\"'), '\"'), $c)";
}
sub read_back {
  my ($name, $type, $foreign) = @_; my $c = ident($name);
  return ('CONVERT(@v USING utf8mb4)', 1) if $foreign;
  return ("UNHEX(NULLIF(\@v, 'NULL'))", 1) if $hex{$type};
  return ('CAST(@v AS UNSIGNED)', 1) if $type eq 'bit';
  return ('CONVERT(@v USING utf8mb4)', 1) if $type eq 'json' && $flavour eq 'mysql';
  return ('CONVERT(@v USING utf8mb4)', 1) if $type !~ $texts && $type !~ /^(tinyint|smallint|mediumint|int|bigint|decimal|float|double|date|datetime|timestamp|time|year)$/;
  return ($c, 0);
}
# What is compared after the load: how many rows, and two sums over every value of them, one that sees doubled rows and one that sees swapped ones.
sub sums {
  my ($from, @named) = @_;
  my @values = map { my $c = ident($_->{name}); $_->{type} eq 'float' ? "CAST($c AS DOUBLE)" : $_->{type} =~ $texts || $hex{$_->{type}} ? "CAST($c AS BINARY)" : $c } @named;
  my $row = "CRC32(CONCAT_WS('#', " . join(', ', @values) . ", CONCAT(" . join(', ', map { 'ISNULL(' . ident($_->{name}) . ')' } @named) . ')))';
  return "SELECT COUNT(*), COALESCE(SUM($row), 0), COALESCE(BIT_XOR($row), 0) FROM $from";
}
my @fields = map { my $t = $_; [grep { 1 } @{ $columns{$t->{schema}}{$t->{name}} // [] }] } @tables;

# --- definitions: databases and routines; tables and views; triggers and events. Tables get their secondary keys after their rows.
sub definitions {
  my ($name, @options) = @_;
  return spit($name, '') if !@databases;
  open(my $old, '>&', \*STDERR); open(STDERR, '>>', "$spool/dumper.errors");
  my $pid = open(my $pipe, '-|', @dumper[0 .. $#dumper - 1], @options, qw(--databases --), @databases) or fail("$arg{dumper}: $!");
  push @clients, $pid;
  my $text = do { local $/; <$pipe> } // ''; close $pipe; my $status = $? >> 8; @clients = grep { $_ != $pid } @clients;
  open(STDERR, '>&', $old);
  # Views that do not work are left out with an error of their own; all else is the end.
  if ($status && -s "$spool/dumper.errors") {
    open my $f, '<', "$spool/dumper.errors"; my @bad = grep { !/View|view|1356|Warning|Deprecated/i } <$f>;
    fail("$arg{dumper}: $bad[-1]") if @bad;
  }
  spit($name, $text);
  return $text;
}
definitions('routines.sql', qw(--no-create-info --skip-triggers --routines));
my $text = definitions('tables.all', qw(--skip-triggers)) // '';
definitions('triggers.sql', qw(--no-create-info --no-create-db --triggers --events));

my %later;
# A line of a definition: names and strings in it may hold line breaks.
my $row = qr/(?:`(?:[^`]|``)*+`|'(?:[^'\\]|\\.|'')*+'|[^`'\n]++)*+/s;
sub defer_keys {
  my ($schema, $statement) = @_;
  my ($name) = $statement =~ /^CREATE TABLE `((?:[^`]|``)*)` \(/ or return $statement; $name =~ s/``/`/g;
  return $statement if $statement !~ /^\) ENGINE=InnoDB/m;
  my @lines = grep { $_ ne '' } $statement =~ /\G($row|[^\n]*)(?:\n|\z)/g; my (@kept, @keys, @full, @foreign);
  my $has_primary = grep { /^  PRIMARY KEY/ } @lines;
  my ($auto) = map { /^  `((?:[^`]|``)*)` .* AUTO_INCREMENT/ ? $1 : () } @lines;
  my ($primary) = map { /^  PRIMARY KEY \(`((?:[^`]|``)*)`/ ? $1 : () } @lines;
  for my $line (@lines) {
    (my $bare = $line) =~ s/,$//; $bare =~ s/^  //;
    my $needed = !$has_primary && $bare =~ /^UNIQUE KEY/ || defined $auto && (!defined $primary || $primary ne $auto) && $bare =~ /^(UNIQUE )?KEY `(?:[^`]|``)*` \(`\Q$auto\E`/;
    if ($line =~ /^  (UNIQUE )?KEY / && !$needed) { push @keys, "ADD $bare" }
    elsif ($line =~ /^  (FULLTEXT|SPATIAL) KEY /) { push @full, "ADD $bare" }
    elsif ($line =~ /^  CONSTRAINT .* FOREIGN KEY /) { push @foreign, "ADD $bare" }
    else { push @kept, $line }
  }
  # The last line of the columns has no comma.
  for my $at (0 .. $#kept) { $kept[$at] =~ s/,$// if $at < $#kept && $kept[$at + 1] =~ /^\)/ }
  my $table = ident($schema) . '.' . ident($name);
  $later{$schema}{$name} = { keys => [(@keys ? ("ALTER TABLE $table " . join(', ', @keys)) : ()), map { "ALTER TABLE $table $_" } @full], foreign => [map { "ALTER TABLE $table $_" } @foreign] };
  return join "\n", @kept;
}
my $schema = '';
# A statement is a run of lines up to one that ends in a semicolon.
my ($out, $statement) = ('', '');
while ($text =~ /\G($row\n|[^\n]*\n)/gc) {
  chomp(my $line = $1);
  if ($statement eq '' && $line =~ /^USE `((?:[^`]|``)*)`;$/) { ($schema = $1) =~ s/``/`/g }
  if ($statement ne '' || $line =~ /^CREATE TABLE /) {
    $statement .= ($statement eq '' ? '' : "\n") . $line;
    next if $line !~ /;$/ || $line =~ /^  /;
    $out .= defer_keys($schema, $statement) . "\n"; $statement = '';
  } else { $out .= "$line\n" }
}
spit('tables.sql', $out); unlink "$spool/tables.all";

my @list;
for my $t (0 .. $#tables) {
  my ($table, @named) = ($tables[$t], @{ $fields[$t] });
  my (@into, @set);
  for my $f (@named) { my ($how, $is_set) = read_back(@$f{qw(name type foreign)}); my $v = '@v' . scalar @into;
    if ($is_set) { $how =~ s/\@v\b/$v/g; push @into, $v; push @set, ident($f->{name}) . " = $how" } else { push @into, ident($f->{name}) } }
  push @list, join "\t", map { my $v = $_; $v =~ s/([\\\t\n])/$1 eq "\t" ? '\\t' : $1 eq "\n" ? '\\n' : '\\\\'/ge; $v }
    $t, $table->{schema}, $table->{name}, $table->{engine}, $table->{type}, join(', ', @into), join(', ', @set),
    join("\x01", @{ $later{$table->{schema}}{$table->{name}}{keys} // [] }), join("\x01", @{ $later{$table->{schema}}{$table->{name}}{foreign} // [] });
}

# --- the work: each table once, and one that outweighs the others in ranges of its key
my $total = 0; $total += $_->{bytes} for @tables;
my $share = $total / $parallel; my (@work, @sums);
# What comes last is waited for: small pieces of what is small. But each is a file.
$piece_bytes ||= $total < 8e9 ? 16e6 : 48e6;
for my $t (0 .. $#tables) {
  my ($table, @named) = ($tables[$t], @{ $fields[$t] });
  my $from = ident($table->{schema}) . '.' . ident($table->{name});
  my $select = 'SELECT ' . join(', ', map { written(@$_{qw(name type foreign)}) } @named) . " FROM $from";
  $select = "SELECT next_not_cached_value, cycle_count FROM $from" if $table->{type} eq 'SEQUENCE';
  my @wheres = ('');
  my $column = $key{$table->{schema}}{$table->{name}};
  if (defined $column && $table->{bytes} > 64e6 && $table->{bytes} > $share / 2) {
    my $parts = int($table->{bytes} / ($share / 2)) + 1; $parts = 16 if $parts > 16; my $k = ident($column);
    my ($edge) = ask($look, "SELECT MIN($k), MAX($k) FROM $from");
    if (defined $edge->[0] && $edge->[1] - $edge->[0] > 1000) {
      my @cuts = map { $edge->[0] + int(($edge->[1] - $edge->[0]) * $_ / $parts) } 1 .. $parts - 1;
      @wheres = (" WHERE $k < $cuts[0]", (map { " WHERE $k >= $cuts[$_] AND $k < $cuts[$_ + 1]" } 0 .. $#cuts - 1), " WHERE $k >= $cuts[-1]");
    }
  }
  push @work, map { { table => $t, part => $_, select => "$select$wheres[$_]", bytes => $table->{bytes} / @wheres } } 0 .. $#wheres;
  my $sums = $arg{checksums} && $table->{engine} eq 'InnoDB' && $table->{type} ne 'SEQUENCE' && $table->{schema} ne 'mysql' && @named ? sums($from, @named) : '';
  (my $kept = $sums) =~ s/([\\\t\n])/$1 eq "\t" ? '\\t' : $1 eq "\n" ? '\\n' : '\\\\'/ge;
  $list[$t] .= "\t" . scalar(@wheres) . "\t$kept";
  push @sums, { table => $t, part => 'sum', select => $sums, bytes => 0 } if $sums ne '';
}
spit('tables.tsv', join('', map { "$_\n" } @list));
@work = ((sort { $b->{bytes} <=> $a->{bytes} } @work), @sums);
spit('tasks', join '', "$piece_bytes\n", map { my $select = $_->{select}; $select =~ s/([\\\n])/$1 eq "\n" ? '\\n' : '\\\\'/ge; "$_->{table}\t$_->{part}\t$select\n" } @work);
sub tasks { open my $f, '<', "$spool/tasks" or fail("$spool/tasks: $!"); $piece_bytes = <$f>; map { chomp; my ($t, $p, $select) = split /\t/, $_, 3; $select =~ s/\\([n\\])/$1 eq 'n' ? "\n" : '\\'/ge; { table => $t, part => $p, select => $select } } <$f> }

# --- accounts: MySQL's cannot change while the instance is locked
sub mariadb_accounts {
  # Nobody asks the lock's session for a sign of life yet.
  local $SIG{ALRM} = sub { fail("$arg{dumper} has not read the accounts within $limit s: the source does not answer") }; alarm $limit;
  my $pid = open(my $pipe, '-|', $arg{dumper}, "--defaults-file=$arg{access}", qw(--default-character-set=utf8mb4 --system=users --replace)) or fail("$arg{dumper}: $!");
  push @clients, $pid;
  my @lines = <$pipe>; close $pipe; alarm 0; @clients = grep { $_ != $pid } @clients;
  fail("$arg{dumper} did not read the accounts") if $?;
  return @lines;
}
sub mysql_accounts {
  my @users = grep { $_->[0] !~ /^mysql\.(sys|session|infoschema)$/ && $_->[0] !~ /^replctl_copy_/ } ask($look, 'SELECT User, Host FROM mysql.user ORDER BY User, Host');
  my (@create, @grant, @roles);
  ask($look, 'SET SESSION print_identified_with_as_hex = ON');
  for my $u (@users) {
    my $who = literal($u->[0]) . '@' . literal($u->[1]);
    my ($row) = ask($look, "SHOW CREATE USER $who"); my $sql = $row->[0];
    push @roles, "ALTER USER $who DEFAULT ROLE $1;\n" if $sql =~ s/ DEFAULT ROLE (.*?)(?= REQUIRE )//;
    push @create, "DROP USER IF EXISTS $who;\n$sql;\n";
    push @grant, map { "$_->[0];\n" } ask($look, "SHOW GRANTS FOR $who");
  }
  return @create, @grant, @roles;
}
@accounts = mysql_accounts() if $flavour eq 'mysql';
# Authentication plugins and the like, without which accounts cannot be made.
spit('plugins.tsv', join '', map { "plugin\t$_->[0]\t$_->[1]\n" } ask($look, "SELECT name, dl FROM mysql.plugin WHERE name <> 'clone'"));
spit('components.tsv', join '', map { "component\t$_->[0]\n" } $flavour eq 'mysql' ? ask($look, 'SELECT component_urn FROM mysql.component') : ());
spit('accounts.sql', join '', @accounts);
spit('account-names.tsv', join '', map { "$_->[0]\t$_->[1]\n" } ask($look, "SELECT User, Host FROM mysql.user WHERE User NOT LIKE 'replctl\\_copy\\_%'"));
spit('total', "$total\n");
note("phase rows\ntotal $total");

# --- rows: one reader's answer to one task goes into pieces that begin and end with whole rows
sub reader {
  my ($s, $task) = @_;
  if ($task->{part} eq 'sum') { ask($s, 'SET SESSION character_set_results = utf8mb4'); my ($row) = ask($s, $task->{select}); ask($s, 'SET SESSION character_set_results = NULL'); return spit("sum.$task->{table}", join("\t", @$row)) }
  my ($piece, $rows, $size, $f) = (0, 0, 0, undef);
  my $name = sub { sprintf '%d.%d.%d', $task->{table}, $task->{part}, $piece };
  my $close = sub { return if !$f; close $f or fail("$spool: $!"); rename "$spool/" . $name->() . '.part', "$spool/" . $name->() . ".$rows.piece" or fail("$spool: $!"); undef $f; $piece++; ($rows, $size) = (0, 0) };
  my $write = sub { my $data = shift; return if $data eq '';
    if (!$f) { open $f, '>', "$spool/" . $name->() . '.part' or fail("$spool: $!") }
    for (my $o = 0; $o < length $data;) { my $w = syswrite $f, $data, length($data) - $o, $o; defined $w or fail("$spool: $!"); $o += $w }
    $rows += ($data =~ tr/\n//); $size += length $data; };
  print { $s->{in} } "$task->{select};\nSELECT '$end';\n" or lost($s);
  my ($buffer, $began, $sent) = ($s->{buffer}, time, 0); $s->{buffer} = '';
  my $mark = "$end\n";
  while (1) {
    my $n = sysread $s->{out}, $buffer, 1048576, length $buffer; lost($s, 'reading rows') if !$n;
    $sent += $n;
    if ($rate) { my $ahead = $sent / ($rate / $parallel) - (time - $began); sleep $ahead if $ahead > 0 }
    if (length $buffer >= length $mark && substr($buffer, -length $mark) eq $mark && (length $buffer == length $mark || substr($buffer, -length($mark) - 1, 1) eq "\n")) {
      $write->(substr $buffer, 0, length($buffer) - length $mark); last;
    }
    # Whole rows only, and what may be the mark's beginning waits.
    my $cut = rindex $buffer, "\n"; next if $cut < 0;
    $write->(substr $buffer, 0, $cut + 1, ''); $close->() if $size >= $piece_bytes;
  }
  $close->();
  open my $done, '>', "$spool/$task->{table}.$task->{part}.$piece.end" or fail("$spool: $!"); close $done;
}

my $feeder = fork; defined $feeder or fail("fork: $!");
if (!$feeder) { close $tasks_out; for my $i (0 .. $#work) { syswrite($tasks_in, sprintf('%08d', $i)) or POSIX::_exit(1) } POSIX::_exit(0) }
close $tasks_in; close $tasks_out; push @children, $feeder;
my %alive = map { $_ => 1 } @children;
while (%alive) {
  # Of the clients only those of readers end before their time.
  my $pid = waitpid -1, WNOHANG;
  if ($pid > 0) { if (delete $alive{$pid}) { fail('a reader did not come to its end') if $? } }
  else { sleep 0.02 }
}
alarm 0; leave($ddl); leave($look);
spit('complete', scalar(@work) . "\n");
note('phase done');
