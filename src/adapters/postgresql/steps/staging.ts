import { must } from '../../../hosts/host.ts';
import type { Command } from '../../../hosts/host.ts';
import type { Work } from '../work.ts';

/** Makes the directories that `pg_basebackup` writes into, empty and the server's own. Only directories named after this run are ever removed. */
export const prepareStaging = (work: Work): readonly Command[] => {
  const as = work.layouts.follower.osUser;
  const guard = work.context.guard();
  const staged = work.places.map((place) => place.staged);
  const missing = work.places.filter((place) => place.kind === 'tablespace').map((place) => place.final);
  return [
    { argv: ['rm', '-rf', '--', ...staged], as, guard, timeoutSeconds: 3600 },
    ...(missing.length > 0 ? [{ argv: ['mkdir', '-p', '-m', '700', '--', ...missing], as, guard }] : []),
    { argv: ['mkdir', '-p', '-m', '700', '--', ...staged], as, guard },
  ];
};

/** Takes the staged copy away again, with the run's own directories around it. */
export const removeStaging = async (work: Work, signal: AbortSignal): Promise<void> => {
  const as = work.layouts.follower.osUser;
  const { host } = work.nodes.follower;
  for (const place of work.places) {
    await must(
      host,
      { argv: ['rm', '-rf', '--', place.staged], as, guard: work.context.guard(), timeoutSeconds: 3600 },
      { signal },
    );
    // Where something was set aside the directory around it stays.
    if (place.mode === 'entries')
      await host.run({ argv: ['rmdir', '--', place.staged.replace(/\/staged$/, '')], as }, { signal });
  }
};

/** A copy is whole when its control file is there: the server sends it last. Its size is what the manifest says of its files. */
const sizeScript = `
[ -f "$1/global/pg_control" ] && [ -f "$1/backup_label" ] || exit 1
grep -o '"Size": [0-9]*' -- "$1/backup_manifest" | awk '{ sum += $2 } END { printf "%.0f", sum }'`;

/** Bytes of the staged copy; undefined where it is not whole. */
export const stagedBytes = async (work: Work, signal: AbortSignal): Promise<number | undefined> => {
  const { staged } = work.places[0];
  const result = await work.nodes.follower.host.run(
    { argv: ['sh', '-c', sizeScript, 'size', staged], as: work.layouts.follower.osUser },
    { signal },
  );
  return result.exitCode === 0 ? Number(result.stdout) : undefined;
};
