import type { LeaseGuard } from './host.ts';
import { quoteArgv, shell } from './quoting.ts';

/** Longest life of a lease without renewal. Whatever claims more than this to be left is not to be believed. */
export const leaseSeconds = 60;

/**
 * Time is the host's uptime together with its boot id, so that nobody's clock adjustment makes a lease longer or shorter.
 * Line 1 of the lease file: epoch, uptime in seconds at which it expires, boot id.
 */
export const leaseFunctions = `
now() {
  IFS=' ' read -r up idle </proc/uptime
  up=\${up%%.*}
  IFS= read -r thisboot </proc/sys/kernel/random/boot_id
}
number() {
  case $1 in '' | *[!0-9]* | ????????????????*) return 1 ;; esac
}
load() {
  epoch='' expires='' boot='' identity='' holder=''
  if [ -r "$1" ]; then
    { IFS=' ' read -r epoch expires boot; IFS= read -r identity; IFS= read -r holder; } <"$1"
  fi
  now
  left=0
  if number "$epoch" && number "$expires" && [ "$boot" = "$thisboot" ]; then
    left=$((expires - up))
    if [ "$left" -lt 0 ] || [ "$left" -gt ${leaseSeconds} ]; then left=0; fi
  fi
}
ours() {
  [ -r "$1.lock" ] && exec 9<"$1.lock" && flock -s -w 20 9 && load "$1" && [ "$epoch" = "$2" ] && [ "$left" -gt 0 ]
}
`;

// The lock lasts as long as this shell. The command does not inherit it: a server that it starts would hold it for ever.
const checkThenAct = `${leaseFunctions}
if ours "$1" "$2"; then
  shift 2
  "$@" 9<&-
  exit $?
fi
echo "$0 lost" >&2
exit 75
`;

const checkThenHold = `${leaseFunctions}
if ours "$1" "$2"; then
  echo held
  exec cat >/dev/null
fi
echo lost
`;

/** For a command that runs as the lease's owner: the argv that checks, and acts under the shared lock. */
export const guardedArgv = (guard: LeaseGuard, nonce: string, argv: readonly string[]): string[] =>
  shell(checkThenAct, nonce, [guard.path, String(guard.epoch), ...argv]);

/** Holds the shared lock, having said `held` or `lost`, until its standard input ends. */
export const holderArgv = (guard: LeaseGuard, nonce: string): string[] =>
  shell(checkThenHold, nonce, [guard.path, String(guard.epoch)]);

/**
 * For a command that runs as someone else than the lease's owner, who alone may read the lease: a holder runs beside it as the
 * owner and keeps the lock while the act runs. The holder's verdict comes through the pipe; a FIFO, gone from the disk before
 * the act begins, tells the holder when the act is over. So that sudo sees the act's exact argv, nothing is wrapped around it.
 * The `exit` after the act keeps a shell from replacing itself by the act, which would let go of the FIFO at its beginning.
 */
export const actBesideHolder = (holder: string, act: string, nonce: string): string => `(
exec 3<&0
d=$(mktemp -d) && mkfifo "$d/end" || exit 125
${holder} <"$d/end" 3<&- | (
  exec 4>"$d/end"
  rm -rf -- "$d"
  IFS= read -r verdict
  case $verdict in
    held) ${act} <&3 3<&- 4>&-; exit $? ;;
    lost) ${quoteArgv(['echo', `${nonce} lost`])} >&2; exit 75 ;;
    *) exit 76 ;;
  esac
))`;
