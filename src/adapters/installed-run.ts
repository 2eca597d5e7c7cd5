import type { ReadingHost } from '../hosts/host.ts';
import type { Node } from './adapter.ts';

/** The run whose copy a data directory is, by the mark in it; undefined where there is none. */
export const installedRun = async (
  node: Node<ReadingHost>,
  { dataDir, osUser }: { readonly dataDir: string; readonly osUser: string },
  signal: AbortSignal,
): Promise<string | undefined> => {
  const marker = await node.host.readFile(`${dataDir}/replctl.run`, { as: osUser, signal });
  return marker ? new TextDecoder().decode(marker).trim() : undefined;
};
