/** What a login user can see of any machine, for the beginning of a script: `key<TAB>value` lines by `say`, which the rest uses too. */
export const machineScript = String.raw`
say() { printf '%s\t%s\n' "$1" "$2"; }
say machine-id "$(cat /etc/machine-id 2>/dev/null)"
say boot-id "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
say clock "$(date +%s.%N)"
say architecture "$(uname -m)"
say libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
say systemd "$([ -d /run/systemd/system ] && echo yes)"
getent passwd | while IFS=: read -r user _ uid _ _ home _; do
  case $uid in ''|*[!0-9]*) continue;; esac
  [ "$uid" -ge 65534 ] || say "home-$user" "$home"
done
`;

export interface Machine {
  /** Machines made from one image may share their machine id: those are told apart by their boot. Empty where there is none. */
  readonly machineId: string;
  /** Seconds that its clock is ahead of ours, at best to the round trip's length. */
  readonly clockAhead: number;
  readonly architecture: string;
  readonly libc: string;
  readonly hasSystemd: boolean;
  /** Of an OS user; undefined where it is unknown. */
  readonly homeOf: (user: string) => string | undefined;
}

/** Reads the script's lines. `asked` and `answered`: our clock before and after, in milliseconds. */
export const readMachine = (
  values: ReadonlyMap<string, string>,
  { asked, answered }: { readonly asked: number; readonly answered: number },
): Machine => {
  const id = values.get('machine-id') ?? '';
  return {
    machineId: id === '' ? '' : `${id}/${values.get('boot-id') ?? ''}`,
    clockAhead: Number(values.get('clock') ?? 0) - (asked + answered) / 2000,
    architecture: values.get('architecture') ?? '',
    libc: values.get('libc') ?? '',
    hasSystemd: values.get('systemd') === 'yes',
    homeOf: (user) => values.get(`home-${user}`),
  };
};
