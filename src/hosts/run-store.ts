import { ReplctlError } from '../errors.ts';
import type { LeaseStore, Store } from '../workflow/store.ts';
import { commandFailed, must, type Host, type LeaseGuard } from './host.ts';
import { leaseStore } from './lease-store.ts';
import { shell } from './quoting.ts';

export interface RunStoreOptions {
  /** Absolute; made (0700) when first written to. */
  readonly directory: string;
  /** OS user who owns it; default: the login user. */
  readonly as?: string | undefined;
}

export interface RunStore extends Store, LeaseStore {
  /** For commands that only the holder of that epoch may run. */
  guard(epoch: number): LeaseGuard;
}

// The lines come with their size: a cut connection must not leave half of them. A torn last line of before is closed first.
const appendScript = `
umask 077
lines=$(cat; echo .)
lines=\${lines%?}
[ "\${#lines}" -eq "$3" ] || { echo 'the lines came incomplete' >&2; exit 78; }
[ -d "$1/runs" ] || { mkdir -p -m 700 -- "$1" && mkdir -p -m 700 -- "$1/runs" && sync -- "$1"; } || exit 1
file=$1/runs/$2.ndjson
new=''
[ -e "$file" ] || new=yes
if [ -s "$file" ] && [ -n "$(tail -c 1 -- "$file")" ]; then echo >>"$file"; fi
printf '%s\\n' "$lines" >>"$file" && sync -- "$file" || exit 1
[ -z "$new" ] || sync -- "$1/runs"
`;

const listScript = `
[ -d "$1/runs" ] || exit 0
cd -- "$1/runs" || exit 1
for file in *.ndjson; do [ -f "$file" ] && printf '%s\\n' "\${file%.ndjson}"; done
:
`;

const runName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A run's journal and the node's lease in a directory on the node's host: DIRECTORY/runs/RUN.ndjson, DIRECTORY/lease, DIRECTORY/lease.lock. */
export const openRunStore = (host: Host, { directory, as }: RunStoreOptions): RunStore => {
  const checked = (run: string): string => {
    if (runName.test(run)) return run;
    throw new ReplctlError({ code: 'BUG', node: host.node, message: `No id for a run: ${JSON.stringify(run)}` });
  };
  const lease = `${directory}/lease`;
  return {
    async append(run, ...lines) {
      if (lines.some((line) => line.includes('\n')))
        throw new ReplctlError({ code: 'BUG', message: 'A journal line has a newline in it' });
      const stdin = Buffer.from(lines.join('\n'));
      const argv = shell(appendScript, 'append', [directory, checked(run), String(stdin.length)]);
      const command = { argv, as, stdin };
      const result = await host.run(command);
      if (result.exitCode === 0) return;
      const cause = commandFailed(host.node, command, result);
      throw new ReplctlError({
        code: 'STATE_UNWRITABLE',
        node: host.node,
        message: `The run's journal on ${host.node} cannot be written: ${result.stderr.trim().split('\n').at(-1) ?? ''}`,
        hint: `Is there space and a right to write in ${directory}?`,
        cause,
      });
    },
    async read(run) {
      const bytes = await host.readFile(`${directory}/runs/${checked(run)}.ndjson`, { as });
      return bytes === undefined ? undefined : Buffer.from(bytes).toString();
    },
    async list() {
      const { stdout } = await must(host, { argv: shell(listScript, 'list-runs', [directory]), as });
      // What lies there is the host's word: names that we would not give are not runs.
      return stdout.split('\n').filter((run) => runName.test(run));
    },
    ...leaseStore(host, { lease, as }),
    guard: (epoch) => ({ path: lease, epoch, owner: as ?? host.login.user }),
  };
};
