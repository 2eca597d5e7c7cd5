import type { Text } from '../../../masked.ts';
import type { FileWrite } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, file, perform, run as runs, type Action } from '../../action.ts';
import { renderTemplate } from '../../template.ts';
import { installedRun, type Work } from '../work.ts';
import { bringsNoConfiguration, maskedConf, standbyConf } from './standby-conf.ts';

/** The configuration that a plain data directory holds is the machine's own: it stays on the machine. */
const ownFiles = ['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'];

/** Tablespace links lead to the staging places until the swap; the server must find the final ones. */
const linkCommand = (work: Work): Action | undefined => {
  const links = work.places.filter(({ kind }) => kind !== 'data').flatMap(({ staged, final }) => [staged, final]);
  if (links.length === 0) return undefined;
  const script =
    'set -eu; cd -- "$1"; shift; while [ $# -ge 2 ]; do for link in pg_wal pg_tblspc/*; do if [ -L "$link" ] && [ "$(readlink -- "$link")" = "$1" ]; then ln -sfn -- "$2" "$link"; fi; done; shift 2; done; sync -- . pg_tblspc';
  const { follower } = work.nodes;
  return runs(follower, {
    argv: ['sh', '-c', script, 'links', work.places[0].staged, ...links],
    as: work.layouts.follower.osUser,
    guard: work.context.guard(),
  });
};

const write = (work: Work, name: string, content: Text): FileWrite => ({
  path: `${work.places[0].staged}/${name}`,
  content,
  mode: 0o600,
  as: work.layouts.follower.osUser,
  guard: work.context.guard(),
});

/** A source whose data directory is a mount point keeps old data inside it, which came along: it is not the follower's. */
const strangers = (work: Work): readonly Action[] => {
  const inside = `${work.layouts.source.dataDir}/`;
  if (!work.context.facts.source.disk?.kept.some(({ path }) => path.startsWith(inside))) return [];
  const argv = [
    'find',
    work.places[0].staged,
    '-maxdepth',
    '1',
    '-name',
    '.replctl-*',
    '-exec',
    'rm',
    '-rf',
    '{}',
    '+',
  ];
  return [runs(work.nodes.follower, { argv, as: work.layouts.follower.osUser, guard: work.context.guard() })];
};

const actions = (work: Work, conf: string): readonly Action[] => {
  const { follower } = work.nodes;
  const links = linkCommand(work);
  return [
    ...strangers(work),
    file(follower, write(work, 'standby.signal', '')),
    file(follower, write(work, 'postgresql.auto.conf', maskedConf(conf))),
    ...(links ? [links] : []),
    file(follower, write(work, 'replctl.run', `${work.run}\n`)),
  ];
};

/** Copies the machine's own files over the source's, or makes the least that a server starts with. */
const configuration = (work: Work): readonly Action[] => {
  const { follower, source } = work.nodes;
  if (work.layouts.follower.kind !== 'plain') return [];
  if (!bringsNoConfiguration(work)) {
    const from = work.layouts.follower.dataDir;
    const argv = ['cp', '--preserve=mode', '--', ...ownFiles.map((name) => `${from}/${name}`), work.places[0].staged];
    return [runs(follower, { argv, as: work.layouts.follower.osUser, guard: work.context.guard() })];
  }
  if (work.layouts.source.kind === 'plain') return [];
  return [
    file(
      follower,
      write(work, 'postgresql.conf', renderTemplate('postgresql/postgresql.conf', { source: source.name })),
    ),
    file(follower, write(work, 'pg_hba.conf', renderTemplate('postgresql/pg_hba.local.conf', {}))),
    file(follower, write(work, 'pg_ident.conf', '')),
  ];
};

const read = async (work: Work, name: string, signal: AbortSignal): Promise<string | undefined> => {
  const bytes = await work.nodes.follower.host.readFile(`${work.places[0].staged}/${name}`, {
    as: work.layouts.follower.osUser,
    signal,
  });
  return bytes && new TextDecoder().decode(bytes);
};

/** Makes a follower of the copy while it still lies in staging, so that no start, whoever makes it, can ever open it for writing. */
export const standbyFiles = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  return {
    id: 'configure.standby',
    title: `make the copy a follower of ${upstream.name}`,
    node: follower.name,
    input: { slot: work.slot, upstream: upstream.name },
    plan: () =>
      [...configuration(work), ...actions(work, standbyConf(work, work.context.facts.source.disk?.autoConf ?? ''))].map(
        describe,
      ),
    probe: async ({ signal }) => {
      // The run's name is written last.
      const [installed, run] = await Promise.all([installedRun(work, signal), read(work, 'replctl.run', signal)]);
      if (installed === work.run)
        return { state: 'done', evidence: 'the follower was configured before it took its place' };
      if (run?.trim() !== work.run) return { state: 'absent' };
      return {
        state: 'done',
        evidence: `standby.signal, primary_conninfo and slot ${work.slot} are in ${work.places[0].staged}`,
      };
    },
    intent: async () => null,
    apply: async ({ signal }) => {
      const copied = (await read(work, 'postgresql.auto.conf', signal)) ?? '';
      await perform([...configuration(work), ...actions(work, standbyConf(work, copied))], {
        signal,
        query: async () => undefined,
      });
    },
  };
};
