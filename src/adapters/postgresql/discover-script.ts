/**
 * What the login user can see of a machine and its PostgreSQL clusters, in one round trip and without a server running. Prints
 * `key<TAB>value` lines; a cluster is one line of tab-separated fields.
 */
export const discoverScript = String.raw`
wanted_dir=$1
for conf in /etc/postgresql/*/*/postgresql.conf; do
  [ -f "$conf" ] || continue
  dir=$(dirname "$conf"); name=$(basename "$dir"); major=$(basename "$(dirname "$dir")")
  value() { sed -n "s/^[[:space:]]*$1[[:space:]]*[=[:space:]][[:space:]]*'\{0,1\}\([^'#]*[^'#[:space:]]\)'\{0,1\}[[:space:]]*\(#.*\)\{0,1\}$/\1/p" "$conf" | tail -n 1; }
  data=$(value data_directory); data=$(readlink -f "$data" 2>/dev/null || echo "$data")
  owner=$(stat -c %U "$data" 2>/dev/null || stat -c %U "$conf")
  printf 'cluster\tdebian\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$major" "$name" "$dir" "$data" "$(value port)" "$(value unix_socket_directories)" "$owner"
done
ps -eo user:64=,args= | sed -n 's/^\([^ ]*\) *\([^ ]*\)\/\(postgres\|postmaster\) .*-D *\([^ ]*\).*/server\t\1\t\4\t\2/p'
if [ -n "$wanted_dir" ]; then
  wanted_dir=$(readlink -m -- "$wanted_dir")
  near=$wanted_dir; while [ ! -e "$near" ] && [ "$near" != / ]; do near=$(dirname "$near"); done
  say wanted-owner "$(stat -c %U "$near")"
  say wanted-dir "$wanted_dir"
fi
for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin "$(dirname "$(command -v postgres 2>/dev/null || echo /nowhere/x)")"; do
  [ -x "$bin/postgres" ] && say binaries "$("$bin/postgres" --version | sed 's/^postgres (PostgreSQL) //')	$bin"
done
exit 0
`;

/**
 * What the server's OS user can see of one cluster, running or not. Arguments: data directory, configuration directory, binary
 * directory, depth, places. Multi-line values are indented by a tab below their key. Asking the binaries takes most of the time: 10 ms for
 * each setting.
 */
export const surveyScript = String.raw`
say() { printf '%s\t%s\n' "$1" "$2"; }
block() { printf '%s\n' "$1"; sed 's/^/\t/'; }
data=$1 config=$2 bin=$3 depth=$4
near() { at=$1; while [ ! -e "$at" ] && [ "$at" != / ]; do at=$(dirname "$at"); done; printf '%s' "$at"; }
space() { df -PB1 -- "$(near "$1")" | awk 'NR==2 {print $4}'; }
device() { stat -c %d -- "$(near "$1")"; }
writable() { [ -w "$(near "$1")" ] && echo yes; }
say exists "$([ -d "$data" ] && echo yes)"
say entries "$(ls -A "$data" 2>/dev/null | grep -v -e '^lost+found$' -e '^\.replctl-' | wc -l)"
say version "$(cat "$data/PG_VERSION" 2>/dev/null)"
say mount "$([ -d "$data" ] && [ "$(device "$data")" != "$(device "$(dirname "$data")")" ] && echo yes)"
say parent-writable "$(writable "$(dirname "$data")")"
say free "$(space "$data")"
say device "$(device "$data")"
# In the middle of a swap the old data is gone and the copy not there yet: the copy in staging knows where its log is to be.
whole=$data
if ! [ -e "$data/pg_wal" ] && ! [ -L "$data/pg_wal" ]; then
  for staged in "$data".replctl-r-* "$data"/.replctl-r-*/staged; do if [ -L "$staged/pg_wal" ]; then whole=$staged; fi; done
fi
if [ -L "$whole/pg_wal" ]; then
  wal=$(readlink -m "$whole/pg_wal")
  say wal-dir "$wal"; say wal-free "$(space "$wal")"; say wal-device "$(device "$wal")"
  say wal-mount "$([ "$(device "$wal")" != "$(device "$(dirname "$wal")")" ] && echo yes)"
fi
for link in "$data"/pg_tblspc/*; do [ -L "$link" ] && printf 'tablespace\t%s\t%s\n' "$(basename "$link")" "$(readlink "$link")"; done
shift 4
own() { for link in "$data"/pg_tblspc/*; do [ -L "$link" ] && [ "$link" -ef "$1" ] && return 0; done; return 1; }
# What servers keep in a tablespace's directory, unless it is this cluster's tablespace.
strangers() { own "$1" || (cd -- "$1" 2>/dev/null && for name in PG_[0-9]*; do [ -d "$name" ] && printf '%s ' "$name"; done); }
for place in "$@"; do printf 'place\t%s\t%s\t%s\t%s\t%s\t%s\n' "$place" "$(space "$place")" "$(device "$place")" "$([ -d "$place" ] && echo yes)" "$(writable "$place")" "$(strangers "$place")"; done
for signal in standby.signal recovery.signal backup_label; do [ -e "$data/$signal" ] && say signal "$signal"; done
say run "$(cat "$data/replctl.run" 2>/dev/null)"
runs=''
if [ -f "$data/postmaster.pid" ]; then
  pid=$(head -n 1 "$data/postmaster.pid"); kill -0 "$pid" 2>/dev/null && runs=yes && block postmaster < "$data/postmaster.pid"
fi
if [ -z "$runs" ] || [ "$depth" = settings ]; then
  for name in port unix_socket_directories hba_file ident_file max_connections max_worker_processes max_wal_senders max_prepared_transactions max_locks_per_transaction; do
    [ -x "$bin/postgres" ] && [ -f "$config/postgresql.conf" ] && printf 'setting\t%s\t%s\n' "$name" "$("$bin/postgres" -D "$config" -C "$name" 2>/dev/null)"
  done
fi
if [ "$depth" != light ]; then
  [ -x "$bin/pg_controldata" ] && "$bin/pg_controldata" -D "$data" 2>/dev/null | block control
  [ -x "$bin/pg_config" ] && say configure "$("$bin/pg_config" --configure)"
  for tool in pg_basebackup pg_verifybackup psql pg_ctl; do [ -x "$bin/$tool" ] && say tool "$tool"; done
  say icu "$(ldd "$bin/postgres" 2>/dev/null | sed -n 's/.*libicui18n\.so\.\([0-9]*\).*/\1/p' | head -n 1)"
fi
for kept in "$data".replctl-aside-* "$data"/.replctl-*/aside; do
  [ -d "$kept" ] && printf 'kept\t%s\t%s\n' "$(timeout 0.5 du -sb -- "$kept" 2>/dev/null | cut -f1)" "$kept"
done
[ -f "$data/postgresql.auto.conf" ] && block auto-conf < "$data/postgresql.auto.conf"
exit 0
`;
