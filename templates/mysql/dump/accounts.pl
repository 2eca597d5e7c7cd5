# --- accounts, and what they need: MySQL's cannot change while the instance is locked
sub mariadb_accounts {
  # Nobody asks the lock's session for a sign of life yet.
  local $SIG{ALRM} = sub { fail("$arg{dumper} has not read the accounts within $limit s: the source does not answer") };
  alarm $limit;
  # Not with --replace: the program's own statements for it break at a name with quotes (seen on 11.8).
  my @drops = map {
    my ($user, $host, $is_role) = @$_;
    $is_role eq 'Y' ? 'DROP ROLE IF EXISTS ' . literal($user) . ";\n" : 'DROP USER IF EXISTS ' . literal($user) . '@' . literal($host) . ";\n"
  } ask($global, "SELECT User, Host, is_role FROM mysql.user WHERE User <> 'PUBLIC' ORDER BY is_role, User, Host");
  # It leaves out what everyone may do.
  my ($public) = ask($global, "SELECT COUNT(*) FROM mysql.user WHERE User = 'PUBLIC'");
  my @public = $public->[0] ? map { "$_->[0];\n" } ask($global, 'SHOW GRANTS FOR PUBLIC') : ();
  my $pid = open(my $pipe, '-|', $arg{dumper}, "--defaults-file=$arg{access}", qw(--default-character-set=utf8mb4 --system=users --insert-ignore))
    or fail("$arg{dumper}: $!");
  push @clients, $pid;
  my @lines = <$pipe>;
  close $pipe;
  alarm 0;
  @clients = grep { $_ != $pid } @clients;
  fail("$arg{dumper} did not read the accounts") if $?;
  return @drops, @lines, @public;
}

sub mysql_accounts {
  my @users = grep { $_->[0] !~ /^mysql\.(sys|session|infoschema)$/ && $_->[0] !~ /^replctl_copy_/ } ask($look, 'SELECT User, Host FROM mysql.user ORDER BY User, Host');
  # What a certificate must have is written between quotes as it is, whatever is in it (9.7).
  my %unquoted = map { my ($user, $host, @raw) = @$_; (literal($user) . '@' . literal($host) => [grep { /['\\]/ } @raw]) }
    ask($look, "SELECT User, Host, x509_subject, x509_issuer, ssl_cipher FROM mysql.user WHERE ssl_type = 'SPECIFIED'");
  my (@create, @grant, @roles);
  ask($look, 'SET SESSION print_identified_with_as_hex = ON');
  for my $user (@users) {
    my $who = literal($user->[0]) . '@' . literal($user->[1]);
    my ($created) = ask($look, "SHOW CREATE USER $who");
    my $sql = $created->[0];
    push @roles, "ALTER USER $who DEFAULT ROLE $1;\n" if $sql =~ s/ DEFAULT ROLE (.*?)(?= REQUIRE )//;
    for my $raw (@{ $unquoted{$who} // [] }) { my $quoted = literal($raw); $sql =~ s/ (SUBJECT|ISSUER|CIPHER) '\Q$raw\E'/ $1 $quoted/ }
    push @create, "DROP USER IF EXISTS $who;\n$sql;\n";
    push @grant, map { "$_->[0];\n" } ask($look, "SHOW GRANTS FOR $who");
  }
  # A password that is still good beside the new one is told by no statement.
  my @second = map {
    my ($user, $host, $hex) = @$_;
    "UPDATE mysql.user SET User_attributes = JSON_SET(COALESCE(User_attributes, JSON_OBJECT()), '\$.additional_password', CONVERT(X'$hex' USING utf8mb4)) WHERE User = "
      . literal($user) . ' AND Host = ' . literal($host) . ";\n"
  } ask($look, "SELECT User, Host, HEX(JSON_UNQUOTE(JSON_EXTRACT(User_attributes, '\$.additional_password'))) FROM mysql.user
    WHERE JSON_EXTRACT(User_attributes, '\$.additional_password') IS NOT NULL AND User NOT LIKE 'replctl\\_copy\\_%'");
  # What is taken away from parts of a privilege, such as one database.
  my @partly = grep { /^REVOKE / } @grant;
  return (@partly ? "SET GLOBAL partial_revokes = ON;\n" : ()), @create, @grant, @roles, (@second ? (@second, "FLUSH PRIVILEGES;\n") : ());
}

@accounts = mysql_accounts() if $flavour eq 'mysql';
spit('accounts.sql', join '', @accounts);
spit('account-names.tsv', join '', map { "$_->[0]\t$_->[1]\n" } ask($look, "SELECT User, Host FROM mysql.user WHERE User NOT LIKE 'replctl\\_copy\\_%'"));
# Authentication plugins and the like, without which accounts cannot be made.
my @plugins = ask($look, "SELECT name, dl FROM mysql.plugin WHERE name <> 'clone'");
my @components = $flavour eq 'mysql' ? ask($look, 'SELECT component_urn FROM mysql.component') : ();
spit('plugins.tsv', join '', map { "plugin\t$_->[0]\t$_->[1]\n" } @plugins);
spit('components.tsv', join '', map { "component\t$_->[0]\n" } @components);
