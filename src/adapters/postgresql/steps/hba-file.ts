import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ReplctlError } from '../../../errors.ts';
import type { Command } from '../../../hosts/host.ts';
import { must } from '../../../hosts/host.ts';
import { poll } from '../../../workflow/waiting.ts';
import { setting, type PostgresFacts } from '../facts.ts';
import { ask, type Place } from './ask.ts';

/** Compare-and-swap of a configuration file that several runs may edit at once; keeps owner and mode. Exit 75: it changed meanwhile. */
export const replaceScript = String.raw`
set -eu
# The file itself, where a link leads to it.
file=$(readlink -e -- "$1")
# Whoever had the lock removes its file: a lock on a file that is gone is none.
while :; do exec 9>>"$file.replctl-lock"; flock -w 10 9; [ ! "$file.replctl-lock" -ef /proc/self/fd/9 ] || break; done
new=''; trap 'rm -f -- "$new" "$file.replctl-lock"' EXIT
sum() { sha256sum < "$1" | cut -d' ' -f1; }
[ "$(sum "$file")" = "$2" ] || exit 75
new=$(mktemp "$file.replctl-XXXXXX")
cat > "$new"
# A connection that is cut looks like the end of the content.
[ "$(sum "$new")" = "$3" ] || { echo 'the content came incomplete' >&2; exit 78; }
chmod --reference="$file" -- "$new"; chgrp --reference="$file" -- "$new" 2>/dev/null || true
# Its time stays that of the last edit by somebody else: an edit that waits to be loaded is looked for by it (HBA_UNLOADED), and ours is none.
touch --no-create --reference="$file" -- "$new"
sync -- "$new"; mv -T -- "$new" "$file"; sync -- "$(dirname -- "$file")"`;

export interface HbaFile extends Place {
  readonly path: string;
}

export const hbaFileOf = (place: Place, facts: PostgresFacts): HbaFile => ({
  ...place,
  path: setting(facts.server, 'hba_file'),
});

/** Byte for byte as Latin-1: comments are in whatever their writer's editor used. What replctl adds is ASCII. */
export const readHba = async (file: HbaFile, signal: AbortSignal): Promise<string> => {
  const bytes = await file.node.host.readFile(file.path, { as: file.layout.osUser, signal });
  if (!bytes)
    throw new ReplctlError({
      code: 'FAILED',
      node: file.node.name,
      message: `${file.path} on ${file.node.name} is not there any more`,
      hint: 'Restore it; the server keeps the rules that it loaded.',
    });
  return Buffer.from(bytes).toString('latin1');
};

const sum = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

const replaceCommand = (file: HbaFile, was: string, content: string): Command => ({
  argv: ['bash', '-c', replaceScript, 'replace', file.path, sum(was), sum(content)],
  as: file.layout.osUser,
  stdin: Buffer.from(content, 'latin1'),
});

/** Edits the file, whatever others edit at the same time, and has the server load it. A file that the server would not load is put back. */
export const editHba = async (
  file: HbaFile,
  run: string,
  edit: (content: string) => string,
  signal: AbortSignal,
): Promise<void> => {
  const was = await poll(
    { every: 200, timeout: 30_000, signal, what: `a change of ${file.path} on ${file.node.name}` },
    async () => {
      const content = await readHba(file, signal);
      if (edit(content) === content) return content;
      const command = replaceCommand(file, content, edit(content));
      const result = await file.node.host.run(command, { signal });
      if (result.exitCode === 75) return undefined;
      if (result.exitCode !== 0) await must(file.node.host, command, { signal });
      return content;
    },
  );
  const [error] = await ask<{ line_number: number; error: string }>(
    file,
    run,
    signal,
    'SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL LIMIT 1',
  );
  if (error) {
    await must(file.node.host, replaceCommand(file, edit(was), was), { signal });
    throw new ReplctlError({
      code: 'FAILED',
      node: file.node.name,
      message: `the server on ${file.node.name} would not load the changed ${file.path}: line ${error.line_number}: ${error.error}; it was put back`,
      hint: 'Correct the line in the file and run this again.',
    });
  }
  await loadHba(file, run, signal);
};

/** A server loads its configuration a moment after it is asked to. */
const loadHba = async (file: HbaFile, run: string, signal: AbortSignal): Promise<void> => {
  const loaded = 'SELECT pg_conf_load_time()::text AS at';
  const [before] = await ask<{ at: string }>(file, run, signal, loaded);
  await ask(file, run, signal, 'SELECT pg_reload_conf()');
  await poll(
    { first: 10, every: 200, timeout: 10_000, signal, what: `the reload of ${file.node.name}'s configuration` },
    async () => {
      const [now] = await ask<{ at: string }>(file, run, signal, loaded);
      return now!.at === before!.at ? undefined : true;
    },
  );
  // New connections are served by the postmaster, which may be a little behind the session that told us.
  await delay(50, undefined, { signal });
};

/** Nothing in the file waits to be loaded. Our own edits keep the file's time of modification, not the one of its last change. */
export const isLoaded = async (file: HbaFile, run: string, signal: AbortSignal): Promise<boolean> => {
  const [row] = await ask<{ loaded: boolean }>(
    file,
    run,
    signal,
    `SELECT (pg_stat_file(current_setting('hba_file'))).change <= pg_conf_load_time() AS loaded`,
  );
  return row!.loaded;
};
