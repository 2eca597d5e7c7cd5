# Reads a whole server at one position, in parallel, into files in a spool directory. Logs in with option files only.
@greeting = (
  $arg{plain},
  "SET SESSION wait_timeout = 60, lock_wait_timeout = $arg{lock_timeout}, net_write_timeout = 600",
);
@client = (
  $arg{client}, "--defaults-file=$arg{access}",
  qw(--batch --skip-column-names --quick --unbuffered --default-character-set=utf8mb4 --connect-timeout=15),
);
$lost = 'the connection to the source was lost';
# Until all snapshots are open every statement is bounded; after that the lock's session is asked for a sign of life, and reading may take its time.
$limit = $arg{lock_timeout} + 25;

my @dumper = (
  $arg{dumper}, "--defaults-file=$arg{access}", $flavour eq 'mysql' ? (qw(--set-gtid-purged=OFF --column-statistics=0 --no-tablespaces), "--loose-init-command=$arg{plain}") : (),
  qw(--default-character-set=utf8mb4 --no-data --skip-lock-tables --skip-add-locks --skip-comments --skip-dump-date --force),
);
# Bytes a second, of all readers.
my $rate = $arg{rate} || 0;

sub spit {
  my ($name, $text) = @_;
  my $path = "$spool/$name";
  open(my $f, '>', "$path.part") or fail("$path: $!");
  print $f $text;
  $f->flush; $f->sync;
  close $f or fail("$path: $!");
  rename "$path.part", $path or fail("$path: $!");
}

# Bytes a second that come over from the source, in rows that every server sends; after three seconds the link is known to be slow.
sub link_speed {
  my $s = session();
  my ($bytes, $tail, $began) = (0, '', time);
  print { $s->{in} } "SELECT REPEAT('x', 100000) FROM information_schema.COLLATIONS LIMIT 30;\nSELECT '$end';\n" or lost($s, 'measuring the link');
  until (substr($tail, -length $end) eq $end) {
    heard($s, time + $limit, 'measuring the link');
    my $n = sysread $s->{out}, my $data, 1048576;
    lost($s, 'measuring the link') if !$n;
    $bytes += $n;
    ($tail = substr "$tail$data", -200) =~ s/\n\z//;
    if (time - $began > 3) { kill 'KILL', $s->{pid}; last }
  }
  leave($s);
  return $bytes / (time - $began + 0.001);
}

# Over a fast link compression would only hold the copy up. MySQL's (zstd at its lowest level) is worth it below a gigabit or two. MariaDB has zlib alone, which takes a
# processor for 30 MB a second: over a slow link every second reader has it, so that the link and the processors are both at work.
my $speed = $rate && $rate < 60e6 ? $rate : link_speed();
my @compressed = map { $flavour eq 'mysql' ? $speed < 200e6 : $speed < 60e6 && $_ % 2 == 0 } 1 .. $parallel;
my @compression = $flavour eq 'mysql' ? ('--compression-algorithms=zstd,uncompressed', '--zstd-compression-level=1') : '--compress';
note(sprintf 'link %.0f MB/s, %d of %d readers compressed', $speed / 1e6, scalar(grep { $_ } @compressed), $parallel);
