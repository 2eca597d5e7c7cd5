import { ReplctlError } from '../errors.ts';
import type { LeaseHolder, LeaseStore } from '../workflow/store.ts';
import { must, type Host } from './host.ts';
import { leaseFunctions, leaseSeconds } from './lease-guard.ts';
import { shell } from './quoting.ts';

// A file that cannot be read as a lease gives no epoch to count from: the clock's seconds are above any that was ever granted.
const common = `${leaseFunctions}
umask 077
lease=$1
write() {
  printf '%s %s %s\\n%s\\n%s\\n' "$1" "$((up + $2))" "$thisboot" "$3" "$4" >"$lease.new" &&
    sync -- "$lease.new" && mv -f -T -- "$lease.new" "$lease" && sync -- "\${lease%/*}"
}
answer() { printf '%s\\n' "$@"; exit 0; }
`;

/** $2 identity of the claimant, $3 its holder line, $4 epoch whose owner is provably dead, or 0. */
const claimScript = `${common}
directory=\${lease%/*}
[ -d "$directory" ] || mkdir -p -m 700 -- "$directory" || exit 1
exec 9>>"$lease.lock" || exit 1
if ! flock -w 5 9; then
  load "$lease"
  answer busy "$epoch" "$left" "$holder"
fi
load "$lease"
if [ -e "$lease" ]; then number "$epoch" || epoch=$(date +%s); else epoch=0; fi
if [ "$left" -gt 0 ] && [ "$identity" != "$2" ] && [ "$epoch" != "$4" ]; then
  answer held "$epoch" "$left" "$holder"
fi
epoch=$((epoch + 1))
write "$epoch" ${leaseSeconds} "$2" "$3" || exit 1
answer granted "$epoch"
`;

// Shared with guarded acts, which may be running for longer than the lease lasts: they are this run's own. An expired lease that
// nobody took is still ours: the epoch says so. One that was released has no identity: a renewal that was under way meanwhile comes too late.
const renewScript = `${common}
[ -e "$lease.lock" ] || answer lost
exec 9<"$lease.lock" && flock -s -w 20 9 || exit 1
load "$lease"
[ "$epoch" = "$2" ] && [ -n "$identity" ] || answer lost
write "$epoch" "$3" "$identity" "$holder" || exit 1
answer renewed
`;

const releaseScript = `${common}
[ -e "$lease.lock" ] || answer lost
exec 9<"$lease.lock" && flock -w 20 9 || exit 1
load "$lease"
[ "$epoch" = "$2" ] || answer lost
write "$epoch" 0 '' '' || exit 1
answer released
`;

type Claimant = Omit<LeaseHolder, 'expiresIn' | 'epoch'>;

/** What the file says about its holder is shown to people; it decides nothing. */
const readHolder = (json: string): Claimant => {
  let read: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) read = { ...value };
  } catch {
    // An unreadable holder is an unknown one.
  }
  const text = (value: unknown) => (typeof value === 'string' ? value : 'unknown');
  return {
    run: text(read['run']),
    owner: text(read['owner']),
    since: text(read['since']),
    boot: text(read['boot']),
    pid: typeof read['pid'] === 'number' ? read['pid'] : 0,
    started: text(read['started']),
  };
};

/** Compare-and-swap under `flock` on LEASE.lock, timed by the host's uptime and boot id. */
export const leaseStore = (
  host: Host,
  { lease, as }: { readonly lease: string; readonly as?: string | undefined },
): LeaseStore => {
  const ask = async (script: string, args: readonly string[]): Promise<string[]> => {
    const { stdout } = await must(host, { argv: shell(script, 'lease', [lease, ...args]), as });
    return stdout.split('\n');
  };
  return {
    async claim(claimant, deadEpoch = 0) {
      const { run, owner, since, boot, pid, started } = claimant;
      const identity = JSON.stringify([run, boot, pid, started]);
      const holder = JSON.stringify({ run, owner, since, boot, pid, started });
      const [verdict = '', epoch = '', left = '', held = ''] = await ask(claimScript, [
        identity,
        holder,
        String(deadEpoch),
      ]);
      switch (verdict) {
        case 'granted':
          return { granted: true, epoch: Number(epoch) };
        case 'held':
        case 'busy':
          return {
            granted: false,
            holder: { ...readHolder(held), epoch: Number(epoch) || 0, expiresIn: Number(left) || 0 },
          };
        default:
          throw new ReplctlError({
            code: 'FAILED',
            node: host.node,
            message: `The lease on ${host.node} gave no answer`,
          });
      }
    },
    async renew(epoch) {
      return (await ask(renewScript, [String(epoch), String(leaseSeconds)]))[0] === 'renewed';
    },
    async release(epoch) {
      await ask(releaseScript, [String(epoch)]);
    },
  };
};
