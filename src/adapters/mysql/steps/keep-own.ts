import { must } from '../../../hosts/host.ts';
import { persistedFile, persistedFor } from '../persisted.ts';
import type { Work } from '../work.ts';

/**
 * What a server keeps in its data directory for its machine, not for its data: certificates, and which component gives it keys. Clients may know the
 * certificates; without the components encrypted tables cannot be read.
 */
const script = `
rm -f -- "$1/replctl.own"
for own in "$2"/*.pem "$2"/mysqld.my "$2"/component_keyring_*.cnf; do
  [ -f "$own" ] && [ -r "$own" ] && [ ! -e "$1/\${own##*/}" ] || continue
  # Under its own name once it is whole: half a key would be taken for one that is there already.
  cp -p -P -- "$own" "$1/replctl.own" && { [ -L "$own" ] || sync -- "$1/replctl.own"; } && mv -T -- "$1/replctl.own" "$1/\${own##*/}" || exit 1
done`;

/** To the staged copy, while the follower's own data is still where it was. */
export const keepOwn = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { host } = work.nodes.follower;
  const { osUser } = work.layouts.follower;
  const { staged, final } = work.place;
  const shared = { as: osUser, guard: work.context.guard() };
  await must(host, { ...shared, argv: ['sh', '-c', script, 'own', staged, final] }, { signal });
  if (work.dialect.flavour !== 'mysql') return;
  const bytes = await host.readFile(persistedFile(final), { as: osUser, signal });
  const content = bytes && persistedFor(work, new TextDecoder().decode(bytes));
  if (content !== undefined)
    await host.writeFile({ ...shared, path: persistedFile(staged), content, mode: 0o640 }, { signal });
};
