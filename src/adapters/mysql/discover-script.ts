/**
 * What the login user can see of a machine's MySQL or MariaDB servers, without one running: `key<TAB>value` lines, for after `machineScript`. Arguments: a
 * directory of binaries, the data directory, and the unit that the fleet file names, each may be empty.
 */
export const serversScript = String.raw`
wanted_bin=$1 wanted_dir=$2 unit=$3
say cores "$(nproc 2>/dev/null)"
say memory "$(awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 }' /proc/meminfo 2>/dev/null)"
for dir in "$wanted_bin" /usr/sbin /usr/local/sbin /usr/libexec /usr/bin /usr/local/mysql/bin /usr/local/bin; do
  [ -n "$dir" ] || continue
  for name in mariadbd mysqld; do
    [ -x "$dir/$name" ] || continue
    text=$("$dir/$name" --no-defaults --version 2>/dev/null) || continue
    case $text in *MariaDB*) flavour=mariadb;; *) flavour=mysql;; esac
    version=$(printf %s "$text" | sed -n 's/.* Ver \([0-9][0-9.]*\).*/\1/p')
    clients=$dir
    for at in "$dir" "$(dirname "$dir")/bin" /usr/bin; do if [ -x "$at/mysql" ] || [ -x "$at/mariadb" ]; then clients=$at; break; fi; done
    printf 'binary\t%s\t%s\t%s\t%s\n' "$flavour" "$version" "$dir/$name" "$clients"
    break 2
  done
done
# The groups that a server of that version reads.
groups="mysqld server mysqld-$(printf %s "$version" | cut -d. -f1,2) mariadb mariadbd mariadb-$(printf %s "$version" | cut -d. -f1,2)"
[ "$flavour" = mariadb ] || groups="mysqld server mysqld-$(printf %s "$version" | cut -d. -f1,2)"
printer=$(command -v my_print_defaults || echo "$clients/my_print_defaults")
print_defaults() { # key, flags that say what is read
  [ -x "$printer" ] || return 0
  key=$1; shift
  "$printer" "$@" $groups 2>/dev/null |
    awk -v key="$key" 'match($0, /^--[a-zA-Z0-9_-]+=/) { name = substr($0, 3, RLENGTH - 3); gsub(/-/, "_", name); print key "\t" name "\t" substr($0, RLENGTH + 1) }'
}
if [ -d /run/systemd/system ] && [ -z "$unit" ]; then
  for name in mariadb mysql mysqld; do
    [ "$(systemctl show -p LoadState --value "$name.service" 2>/dev/null)" = loaded ] && unit=$(systemctl show -p Id --value "$name.service")
  done
fi
say unit "$unit"
# One of several servers of a machine (mariadb@two) is told by its unit what it reads besides, or instead of what all read.
flags=
if [ -n "$unit" ] && [ -d /run/systemd/system ]; then
  # What it was started with; else what it would be.
  flags=$(tr '\0' '\n' <"/proc/$(systemctl show -p MainPID --value -- "$unit" 2>/dev/null)/cmdline" 2>/dev/null)
  [ -n "$flags" ] || flags=$(systemctl show -p ExecStart -p Environment -- "$unit" 2>/dev/null | tr " ;\"'" '\n')
fi
told() { printf '%s\n' "$flags" | sed -n "s/^.*--defaults-$1=//p" | head -n 1; }
only=$(told file) suffix=$(told group-suffix)
set --
[ -z "$only" ] || set -- "--defaults-file=$only"
[ -z "$suffix" ] || set -- "$@" "--defaults-group-suffix=$suffix"
print_defaults default "$@"
printf '%s\n' "$flags" | sed -n 's/^.*--log[-_]error=\(.\)/default\tlog_error\t\1/p; s/^.*--\(datadir\|socket\|port\|user\)=\(.\)/default\t\1\t\2/p'
say suffix "$suffix"
say only "$only"
if [ -n "$only" ]; then sed -n 's/^[[:space:]]*!includedir[[:space:]]*\(.*[^/]\)\/*$/fragments\t\1/p' "$only" 2>/dev/null
else for dir in /etc/mysql/mariadb.conf.d /etc/mysql/mysql.conf.d /etc/mysql/conf.d /etc/my.cnf.d; do [ -d "$dir" ] && say fragments "$dir"; done; fi
for process in $(pgrep -x 'mysqld|mariadbd'); do
  file=$(tr '\0' '\n' <"/proc/$process/cmdline" 2>/dev/null | sed -n 's/^--defaults-file=//p' | tail -n 1)
  printf 'process\t%s\t%s\t%s\t%s\t%s\n' "$process" "$(ps -o user:64= -p "$process" | tr -d ' ')" "$file" \
    "$(tr '\0' '\n' <"/proc/$process/cmdline" 2>/dev/null | sed -n 's/^--datadir=//p' | tail -n 1)" \
    "$(tr '\0' '\n' <"/proc/$process/cmdline" 2>/dev/null | sed -n 's/^--socket=//p' | tail -n 1)"
  [ -z "$file" ] || print_defaults "of-$process" --defaults-file="$file"
  printf 'instance\t%s\n' "$(tr '\0' '\n' <"/proc/$process/cmdline" 2>/dev/null | sed -n 's/^--defaults-group-suffix=//p' | tail -n 1)"
done
if [ -n "$wanted_dir" ]; then
  wanted_dir=$(readlink -m -- "$wanted_dir")
  near=$wanted_dir; while [ ! -e "$near" ] && [ "$near" != / ]; do near=$(dirname "$near"); done
  say wanted-owner "$(stat -c %U "$near")"
  say wanted-dir "$wanted_dir"
fi
exit 0
`;

/**
 * What the administrator can see of one server's files. Arguments: data directory, option file of ours, directory of the client
 * programs, OS user of the server, state directory, unit. Multi-line values
 * are indented by a tab below their key.
 */
export const diskScript = String.raw`
say() { printf '%s\t%s\n' "$1" "$2"; }
block() { printf '%s\n' "$1"; sed 's/^/\t/'; }
data=$1 fragment=$2 clients=$3 owner=$4 state=$5 unit=$6
near() { at=$1; while [ ! -e "$at" ] && [ "$at" != / ]; do at=$(dirname "$at"); done; printf '%s' "$at"; }
say exists "$([ -d "$data" ] && echo yes)"
say entries "$(ls -A "$data" 2>/dev/null | grep -v -e '^lost+found$' -e '^\.replctl-' | wc -l)"
# A link is as little to be renamed as a mount point: it may lead to another disk.
say mount "$([ -d "$data" ] && { [ -L "$data" ] || [ "$(stat -c %d -- "$data")" != "$(stat -c %d -- "$(dirname "$data")")" ]; } && echo yes)"
parent=$(near "$(dirname "$data")")
if [ "$(id -un)" = "$owner" ]; then say parent-writable "$([ -w "$parent" ] && echo yes)"
else say parent-writable "$([ "$(stat -c %U -- "$parent")" = "$owner" ] && echo yes)"; fi
say free "$(df -PB1 -- "$(near "$data")" | awk 'NR==2 {print $4}')"
say device "$(stat -L -c %d -- "$(near "$data")")"
say bytes "$(timeout 2 du -D -sb --exclude=.replctl-\* -- "$data" 2>/dev/null | cut -f1)"
for dir in "$data"/*/; do
  name=$(basename "$dir")
  case $name in '*'|mysql|performance_schema|sys|'#'*|lost+found) continue;; esac
  [ -n "$(ls -A "$dir" 2>/dev/null | grep -v '^db\.opt$' | head -n 1)" ] && printf 'database\t%s\n' "$name"
done
for dir in "$data"/*/; do
  find "$dir" -maxdepth 1 '(' -name '*.isl' -o -type l ')' 2>/dev/null
done | head -n 100 | while IFS= read -r link; do say elsewhere "$link"; done
say run "$(cat "$data/replctl.run" 2>/dev/null)"
for process in $(pgrep -x 'mysqld|mariadbd'); do
  [ "/proc/$process/cwd" -ef "$data" ] || continue
  say process "$process"
  its=$(sed -n 's#^\(0::\|1:name=systemd:\).*/\([^/]*\.service\)$#\2#p' "/proc/$process/cgroup" 2>/dev/null | head -n 1)
  [ -n "$unit" ] && [ -n "$its" ] && [ "$its" != "$(systemctl show -p Id --value -- "$unit" 2>/dev/null)" ] &&
    [ "$(systemctl show -p MainPID --value -- "$its" 2>/dev/null)" = "$process" ] && say other-unit "$its"
done
for kept in "$data".replctl-aside-* "$data"/.replctl-*/aside; do
  [ -d "$kept" ] && printf 'kept\t%s\t%s\n' "$(timeout 0.5 du -sb -- "$kept" 2>/dev/null | cut -f1)" "$kept"
done
for name in mysqldump mariadb-dump mariadb-backup mbstream mysql mariadb my_print_defaults mariadb-install-db innochecksum; do [ -x "$clients/$name" ] && say program "$name"; done
for name in zstd lz4 gzip ssh perl; do command -v "$name" >/dev/null && say program "$name"; done
for claims in "$state"/claims/*; do
  case $claims in *.lock) continue;; esac
  [ -f "$claims" ] && sed -n "s/^\(r-[a-z0-9]*\) \(.*\)$/claim\t$(basename "$claims")\t\1\t\2/p" "$claims"
done
[ -f "$fragment" ] && block fragment <"$fragment"
exit 0
`;
