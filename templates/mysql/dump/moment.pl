# --- from here to the last row nobody changes a definition. On MySQL that lock is taken under the global one: before it, an event that is due would wait for it with
# the global lock's permission in hand, and the global lock for the event (seen on 9.7). MariaDB's is taken first.
my $ddl = session();
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
my ($history) = ask($global, "SELECT $arg{history}");
syswrite $go_in, 'g' x $parallel;
await('s', 'opening its snapshot');
my @accounts = $flavour eq 'mysql' ? () : mariadb_accounts();
ask($global, 'UNLOCK TABLES');
note(sprintf 'locked %.3f waited %.3f', time - $locked, $locked - $locking);
leave($global);
$limit = 0;
alarm 10;

(my $gtids = $history->[0] // '') =~ s/\s//g;
spit('position', join("\t", $at->[0] // '', $at->[1] // '', $gtids) . "\n");
