import { ReplctlError } from '../../../errors.ts';
import { quoteIdent, quoteLiteral } from '../names.ts';
import { inScratch, type ScratchServer } from '../scratch-server.ts';
import type { Session } from '../session.ts';

export interface Plugins {
  readonly plugins: readonly { readonly name: string; readonly library: string }[];
  /** `file://component_validate_password`. */
  readonly components: readonly string[];
}

export const parsePlugins = (text: string): Plugins => {
  const rows = text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
  return {
    plugins: rows.flatMap(([kind, name, library]) =>
      kind === 'plugin' && name !== undefined && library !== undefined ? [{ name, library }] : [],
    ),
    components: rows.flatMap(([kind, urn]) => (kind === 'component' && urn !== undefined ? [urn] : [])),
  };
};

const install = async (session: Session, { plugins, components }: Plugins): Promise<void> => {
  const active = await session.query<{ name: string }>('SELECT PLUGIN_NAME AS name FROM information_schema.PLUGINS');
  const known = new Set(active.map(({ name }) => name.toLowerCase()));
  for (const { name, library } of plugins)
    if (!known.has(name.toLowerCase()))
      await session.query(`INSTALL PLUGIN ${quoteIdent(name)} SONAME ${quoteLiteral(library)}`);
  if (components.length === 0) return;
  const there = await session.query<{ urn: string }>('SELECT component_urn AS urn FROM mysql.component');
  for (const urn of components)
    if (!there.some((component) => component.urn === urn))
      await session.query(`INSTALL COMPONENT ${quoteLiteral(urn)}`);
};

/** What the leader has installed, accounts among it need: authentication plugins, password rules. FAILED where the follower has not the library. */
export const installPlugins = async (scratch: ScratchServer, wanted: Plugins, signal: AbortSignal): Promise<void> => {
  try {
    await inScratch(scratch, signal, (session) => install(session, wanted));
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error)) throw error;
    throw new ReplctlError({
      code: 'FAILED',
      node: scratch.node.name,
      message: `a plugin of the leader cannot be installed on ${scratch.node.name}: ${error.message}`,
      hint: 'Install the package that has it there, then resume.',
      cause: error,
    });
  }
};
