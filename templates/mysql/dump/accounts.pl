# --- accounts, and what they need: MySQL's cannot change while the instance is locked
sub mariadb_accounts {
  # Nobody asks the lock's session for a sign of life yet.
  local $SIG{ALRM} = sub { fail("$arg{dumper} has not read the accounts within $limit s: the source does not answer") };
  alarm $limit;
  my $pid = open(my $pipe, '-|', $arg{dumper}, "--defaults-file=$arg{access}", qw(--default-character-set=utf8mb4 --system=users --replace))
    or fail("$arg{dumper}: $!");
  push @clients, $pid;
  my @lines = <$pipe>;
  close $pipe;
  alarm 0;
  @clients = grep { $_ != $pid } @clients;
  fail("$arg{dumper} did not read the accounts") if $?;
  return @lines;
}

sub mysql_accounts {
  my @users = grep { $_->[0] !~ /^mysql\.(sys|session|infoschema)$/ && $_->[0] !~ /^replctl_copy_/ } ask($look, 'SELECT User, Host FROM mysql.user ORDER BY User, Host');
  my (@create, @grant, @roles);
  ask($look, 'SET SESSION print_identified_with_as_hex = ON');
  for my $user (@users) {
    my $who = literal($user->[0]) . '@' . literal($user->[1]);
    my ($created) = ask($look, "SHOW CREATE USER $who");
    my $sql = $created->[0];
    push @roles, "ALTER USER $who DEFAULT ROLE $1;\n" if $sql =~ s/ DEFAULT ROLE (.*?)(?= REQUIRE )//;
    push @create, "DROP USER IF EXISTS $who;\n$sql;\n";
    push @grant, map { "$_->[0];\n" } ask($look, "SHOW GRANTS FOR $who");
  }
  return @create, @grant, @roles;
}

@accounts = mysql_accounts() if $flavour eq 'mysql';
spit('accounts.sql', join '', @accounts);
spit('account-names.tsv', join '', map { "$_->[0]\t$_->[1]\n" } ask($look, "SELECT User, Host FROM mysql.user WHERE User NOT LIKE 'replctl\\_copy\\_%'"));
# Authentication plugins and the like, without which accounts cannot be made.
my @plugins = ask($look, "SELECT name, dl FROM mysql.plugin WHERE name <> 'clone'");
my @components = $flavour eq 'mysql' ? ask($look, 'SELECT component_urn FROM mysql.component') : ();
spit('plugins.tsv', join '', map { "plugin\t$_->[0]\t$_->[1]\n" } @plugins);
spit('components.tsv', join '', map { "component\t$_->[0]\n" } @components);
