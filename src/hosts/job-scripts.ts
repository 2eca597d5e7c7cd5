import { killAfterSeconds } from './remote-command.ts';

/** Last bytes of output that are shown. */
export const outputBytes = 65_536;

/** Exit codes of our scripts, none of which a shell or a program in them gives by itself. */
export const jobExit = { notRemoved: 65, stillRuns: 66, incomplete: 67 } as const;

// Descriptor 8 is the job's lock: held from before the job is visible to the end of its last process, because children inherit it.
// A second descriptor for the lock file must not be taken for it: hence `-ef` on number 8 alone.

/**
 * The job's own process: writes down who it is, runs the command on the stdin that was left for it, writes down how it ended.
 * $1 directory of the job, then argv.
 */
const wrapper = `
d=$1
shift
IFS= read -r boot </proc/sys/kernel/random/boot_id
IFS=' ' read -r up idle </proc/uptime
stat=$(cat /proc/$$/stat)
set_started() { shift 19; started=$1; }
set_started \${stat##*) }
printf '%s\\n%s\\n%s\\n%s\\n' "$boot" "$$" "$started" "\${up%%.*}" >"$d/process.new" && mv -f -- "$d/process.new" "$d/process" && sync -- "$d"
exec <"$d/stdin" && rm -f -- "$d/stdin"
"$@"
status=$?
IFS=' ' read -r end idle </proc/uptime
printf '%s %s\\n' "$status" "$((\${end%%.*} - \${up%%.*}))" >"$d/status.new" && sync -- "$d/status.new" && mv -f -- "$d/status.new" "$d/status" && sync -- "$d"
`;

/**
 * $1 directory, $2 id, $3 bytes of stdin, $4 the command as text, $5 the wrapper, then argv. The content for the job comes on stdin.
 * Everything is prepared under another name; the rename makes the job visible, and by then its lock is held.
 */
export const startScript = `
umask 077
[ -d "$1" ] || mkdir -p -m 700 -- "$1" || exit 1
job=$1/$2 new=$1/$2.new size=$3
exec 7>>"$1/start.lock" && flock 7 || exit 1
if [ -d "$job" ]; then
  if ! [ -e "$job/lock" ] || { exec 6<"$job/lock" && flock -n -s 6; }; then exit ${jobExit.notRemoved}; fi
  exit 0
fi
rm -rf -- "$new" && mkdir -- "$new" && cat >"$new/stdin" || exit 1
[ "$(wc -c <"$new/stdin")" -eq "$size" ] || { rm -rf -- "$new"; exit ${jobExit.incomplete}; }
printf '%s\\n' "$4" >"$new/command"
: >"$new/stdout"
: >"$new/stderr"
exec 8>>"$new/lock" && flock -n 8 || exit 1
sync -- "$new" && mv -T -- "$new" "$job" && sync -- "$1" || exit 1
wrapper=$5
shift 5
setsid sh -c "$wrapper" replctl-job "$job" "$@" </dev/null >>"$job/stdout" 2>>"$job/stderr" 7>&- 9>&- &
`;

export const startWrapper = wrapper.trim();

/**
 * $1 directory of the job, $2 seconds to wait for its end. First line of stdout: state, exit code, seconds; after it the end of the job's
 * stdout; on stderr that of its stderr. It waits on a descriptor that cancelling does not take for the job's own.
 */
export const inspectScript = `
d=$1
if ! [ -d "$d" ]; then echo absent; exit 0; fi
if [ "$2" -gt 0 ] && [ -e "$d/lock" ]; then exec 9<"$d/lock" && flock -w "$2" -s 9; exec 9<&-; fi
status='' seconds=0
if ! [ -e "$d/lock" ] || { exec 8<"$d/lock" && flock -n -s 8; }; then
  if [ -f "$d/status" ] && IFS=' ' read -r status seconds <"$d/status"; then state=ended; else state=lost; fi
  exec 8<&-
else
  state=running
  if [ -f "$d/process" ] && { read -r boot && read -r pid && read -r started && read -r since; } <"$d/process"; then
    IFS=' ' read -r up idle </proc/uptime
    seconds=$((\${up%%.*} - since))
    stat='' born=''
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null
    set_born() { shift 19; born=$1; }
    case $stat in *') '[!Z]*) set_born \${stat##*) } ;; esac
    [ "$born" = "$started" ] || state=orphaned
  fi
fi
printf '%s %s %s\\n' "$state" "\${status:--}" "$seconds"
tail -c ${outputBytes} -- "$d/stdout"
tail -c ${outputBytes} -- "$d/stderr" >&2
`;

/**
 * $1 directory of the job. Its processes are those that hold its lock, and those of its session while that is provably the job's:
 * same boot, and the leader with its start time, or no leader and a member that holds the lock (a session's number is not given
 * away while it has members). First line of stdout: how many were left at the end.
 */
export const cancelScript = `
d=$1
[ -e "$d/lock" ] || exit 0
IFS= read -r thisboot </proc/sys/kernel/random/boot_id
boot='' leader='' started=''
[ -f "$d/process" ] && { read -r boot; read -r leader; read -r started; } <"$d/process"
fields() { session=$4 state=$1; shift 19; born=$1; }
look() {
  holders='' members='' ours=''
  for p in /proc/[0-9]*; do
    pid=\${p#/proc/}
    [ "$pid" = $$ ] && continue
    stat=''
    { read -r stat <"$p/stat"; } 2>/dev/null
    case $stat in *') '*) ;; *) continue ;; esac
    fields \${stat##*) }
    [ "$state" = Z ] && continue
    held=''
    [ "$p/fd/8" -ef "$d/lock" ] && held=yes && holders="$holders $pid"
    [ "$boot" = "$thisboot" ] && [ "$session" = "$leader" ] || continue
    [ "$held" ] || { [ "$pid" = "$leader" ] && [ "$born" = "$started" ]; } && ours=yes
    [ "$held" ] || members="$members $pid"
  done
  [ "$ours" ] || members=''
  all="$holders$members"
}
now() { IFS=' ' read -r up idle </proc/uptime; up=\${up%%.*}; }
sent=''
# Once to each, also to those that are born while the others end.
term() {
  for pid in $all; do
    case "$sent " in *" $pid "*) ;; *) sent="$sent $pid"; kill -TERM "$pid" 2>/dev/null ;; esac
  done
}
end() {
  now; until=$((up + $1))
  while [ "$up" -le "$until" ]; do
    look
    [ -z "$all" ] && return 0
    if [ "$2" = TERM ]; then term; else kill -KILL $all 2>/dev/null; fi
    sleep 0.1
    now
  done
  return 1
}
end 9 TERM || end 3 KILL
look
[ -z "$all" ] || { echo "still there:$all" >&2; exit ${jobExit.stillRuns}; }
`;

/** $1 directory, $2 id. */
export const removeScript = `
job=$1/$2
[ -d "$1" ] || exit 0
exec 7>>"$1/start.lock" && flock 7 || exit 1
rm -rf -- "$job.new" "$job.gone"
[ -d "$job" ] || exit 0
if [ -e "$job/lock" ]; then exec 8<"$job/lock" && flock -w 0.3 8 || exit ${jobExit.stillRuns}; fi
mv -T -- "$job" "$job.gone" && rm -rf -- "$job.gone"
`;

/** TERM, ten seconds, KILL, and our own margin. */
export const cancelSeconds = 20 + killAfterSeconds;
