import { must } from '../../../hosts/host.ts';
import { keepOwn } from './keep-own.ts';
import type { Work } from '../work.ts';

/**
 * A copy carries the run that made it; and never the donor's name for itself, or a server's socket and pid. Its directory is as open as the one it comes in
 * place of: in some layouts clients find the server's socket in it.
 */
const script = `
rm -f -- "$1/auto.cnf" "$1"/*.pid "$1"/*.sock "$1"/*.sock.lock
[ ! -d "$3" ] || chmod --reference="$3" -- "$1"
printf '%s\\n' "$2" >"$1/replctl.run" && sync -- "$1/replctl.run" "$1"`;

export const markCopy = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { osUser } = work.layouts.follower;
  // In the middle of a swap that was cut off there is no staged directory any more.
  const exists = await work.nodes.follower.host.run(
    { argv: ['test', '-d', work.place.staged], as: osUser },
    { signal },
  );
  if (exists.exitCode !== 0) return;
  await keepOwn(work, signal);
  await must(
    work.nodes.follower.host,
    {
      argv: ['sh', '-c', script, 'mark', work.place.staged, work.run, work.place.final],
      as: osUser,
      guard: work.context.guard(),
    },
    { signal },
  );
};
