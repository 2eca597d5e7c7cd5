import { must } from '../../../hosts/host.ts';
import { file, type Action } from '../../action.ts';
import { fragment, fragmentMark, fragmentPath, type FragmentState } from '../fragment.ts';
import type { Work } from '../work.ts';

export const fragmentFile = (work: Work, state: FragmentState): Action & { readonly kind: 'file' } => {
  const layout = work.layouts.follower;
  const content = { path: fragmentPath(layout), content: fragment(work, state), mode: 0o644, as: layout.adminUser };
  return { ...file(work.nodes.follower, content), kind: 'file', file: content };
};

export const writeFragment = async (work: Work, state: FragmentState, signal: AbortSignal): Promise<void> => {
  const { file: content, on } = fragmentFile(work, state);
  await on.host.writeFile({ ...content, guard: work.context.guard() }, { signal });
};

/** What an earlier run of this node wrote there; it is put back by an undo. */
export const readFragment = async (work: Work, signal: AbortSignal): Promise<string | undefined> => {
  const layout = work.layouts.follower;
  const bytes = await work.nodes.follower.host.readFile(fragmentPath(layout), { as: layout.adminUser, signal });
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
};

export const hasFragment = async (work: Work, state: FragmentState, signal: AbortSignal): Promise<boolean> =>
  (await readFragment(work, signal))?.includes(fragmentMark(work.run, state)) === true;

/** Puts back what was there before the run; nothing where there was nothing. */
export const restoreFragment = async (work: Work, before: string | undefined, signal: AbortSignal): Promise<void> => {
  const layout = work.layouts.follower;
  const { host } = work.nodes.follower;
  const [path, as, guard] = [fragmentPath(layout), layout.adminUser, work.context.guard()];
  if (before === undefined) await must(host, { argv: ['rm', '-f', '--', path], as, guard }, { signal });
  else await host.writeFile({ path, content: before, mode: 0o644, as, guard }, { signal });
};
