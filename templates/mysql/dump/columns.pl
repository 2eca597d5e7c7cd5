# --- how a column is written so that LOAD DATA reads the same value again: NULL is a bare word, so that the text NULL, and what begins with a quote, is quoted
my $texts = qr/^(char|varchar|tinytext|text|mediumtext|longtext|binary|varbinary|tinyblob|blob|mediumblob|longblob|enum|set|json)$/;
my $plain = qr/^(tinyint|smallint|mediumint|int|bigint|decimal|double|date|datetime|timestamp|time|year)$/;
my %hex = map { $_ => 1 } qw(geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection vector);

# The end of what is still so is the end of time, which is another in each version.
my $far = "'2038-01-19 00:00:00'";

sub written {
  my ($name, $type, $foreign) = @{ $_[0] }{qw(name type foreign)};
  my $c = ident($name);
  return "IF($c > $far, 0, $c)" if $_[0]{ends};
  $c = "CONVERT($c USING utf8mb4)" if $foreign;
  return "HEX($c)" if $hex{$type};
  return "$c + 0" if $type eq 'bit';
  return "CAST($c AS DOUBLE)" if $type eq 'float';
  return $c if $type =~ $plain;
  # Types that compare with nothing but their own kind, MariaDB's uuid among them.
  $c = "CAST($c AS CHAR CHARACTER SET utf8mb4)" if $type !~ $texts;
  # 34 is the quote, 78 is N. A look at the first byte costs least; more is quoted than has to be.
  return "IF(ASCII($c) IN (34, 78), CONCAT('\"', REPLACE($c, '\"', '\"\"'), '\"'), $c)";
}

# What is made of the text $v when it is read; undefined where the column takes the text itself.
sub read_back {
  my ($type, $foreign, $v) = (@{ $_[0] }{qw(type foreign)}, $_[1]);
  return "IF($v = '0', \@end_of_time, $v)" if $_[0]{ends};
  return "CONVERT($v USING utf8mb4)" if $foreign;
  return "UNHEX(NULLIF($v, 'NULL'))" if $hex{$type};
  return "CAST($v AS UNSIGNED)" if $type eq 'bit';
  return undef if $type eq 'float' || $type =~ $plain || $type =~ $texts && !($type eq 'json' && $flavour eq 'mysql');
  return "CONVERT($v USING utf8mb4)";
}

# A value as it is compared. A number within MySQL's JSON may be a decimal, which no text can say: 1.10 is read as 1.1, and so compared as what it is read as.
sub compared {
  my $column = shift;
  my ($c, $type) = (ident($column->{name}), $column->{type});
  return written($column) if $column->{ends};
  return "CAST($c AS DOUBLE)" if $type eq 'float';
  return "CAST(CAST(CAST($c AS CHAR) AS JSON) AS BINARY)" if $type eq 'json' && $flavour eq 'mysql';
  return $type =~ $texts || $hex{$type} ? "CAST($c AS BINARY)" : $c;
}

# What is compared after the load: how many rows, and two sums over every value of them, one that sees doubled rows and one that sees swapped ones.
sub sums {
  my ($from, @columns) = @_;
  my @values = map { compared($_) } @columns;
  my @nulls = map { 'ISNULL(' . ident($_->{name}) . ')' } @columns;
  my $row = "CRC32(CONCAT_WS('#', " . join(', ', @values) . ', CONCAT(' . join(', ', @nulls) . ')))';
  return "SELECT COUNT(*), COALESCE(SUM($row), 0), COALESCE(BIT_XOR($row), 0) FROM $from";
}
