import type { Command } from '../../../hosts/host.ts';

/** What a key may do: one fixed command, from one place, and nothing else of what ssh can. */
export interface AuthorizedKey {
  /** `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  /** At the line's end: by it the line is found again. */
  readonly comment: string;
  /** A shell's command line. */
  readonly command: string;
  readonly from: readonly string[];
}

/** As sshd reads it: inside double quotes only these two are escaped. */
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

export const authorizedLine = ({ publicKey, comment, command, from }: AuthorizedKey): string => {
  const line = `restrict,from=${quoted(from.join(','))},command=${quoted(command)} ${publicKey} ${comment}`;
  if (/[\r\n]/.test(line)) throw new RangeError('A line break in an authorized key');
  return line;
};

/** The lock is on the directory itself, so that no lock file is left. Everything else in the file stays as it is, byte for byte; a link stays a link. */
const shared = `
set -eu
umask 077
dir=$HOME/.ssh
file=$dir/authorized_keys
locked() { exec 9<"$dir"; flock -w 20 9; }
replace() {
  real=$(readlink -f -- "$file")
  if [ -e "$real" ]; then chmod --reference="$real" -- "$new"; fi
  sync -- "$new"; mv -f -T -- "$new" "$real"; sync -- "$(dirname -- "$real")"
}
`;

const addScript = `${shared}
mkdir -p -m 700 -- "$dir"
locked
if [ -e "$file" ] && grep -qxF -e "$1" -- "$file"; then exit 0; fi
new=$(mktemp -- "$(dirname -- "$(readlink -f -- "$file")")/.replctl-XXXXXX")
if [ -e "$file" ]; then cat -- "$file" >"$new"; fi
if [ -s "$new" ] && [ -n "$(tail -c 1 -- "$new")" ]; then echo >>"$new"; fi
printf '%s\\n' "$1" >>"$new"
replace`;

/** $2: `yes` where the file was there before us. */
const removeScript = `${shared}
[ -e "$file" ] || exit 0
locked
if ! grep -q -- " $1\\$" "$file"; then exit 0; fi
new=$(mktemp -- "$(dirname -- "$(readlink -f -- "$file")")/.replctl-XXXXXX")
grep -v -- " $1\\$" "$file" >"$new" || :
if [ ! -s "$new" ] && [ "$2" != yes ]; then rm -f -- "$new" "$file"; rmdir -- "$dir" 2>/dev/null || :; exit 0; fi
replace`;

/** For the login user of the machine that is to be logged in to. */
export const addKeyCommand = (key: AuthorizedKey): Command => ({
  argv: ['sh', '-c', addScript, 'authorize', authorizedLine(key)],
});

export const removeKeyCommand = (comment: string, existed: boolean): Command => ({
  argv: ['sh', '-c', removeScript, 'withdraw', comment, existed ? 'yes' : 'no'],
});

export const hasKeyCommand = (comment: string): Command => ({
  argv: ['sh', '-c', 'grep -q -- " $1\\$" "$HOME/.ssh/authorized_keys"', 'authorized', comment],
});

export const hasFileCommand: Command = { argv: ['sh', '-c', 'test -e "$HOME/.ssh/authorized_keys"'] };
