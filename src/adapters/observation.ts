import { isReplctlError } from '../errors.ts';
import type { ReadingHost } from '../hosts/host.ts';
import type { Node, Reached } from './adapter.ts';

/** In words, why there is no server to ask. */
export interface Unseen {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What of a server was found on a node. */
export interface Sight<Layout, Disk, Server> {
  readonly layout?: Layout;
  readonly disk?: Disk;
  readonly server?: Server;
  readonly failure?: Unseen;
}

/** What `status` sees of one node. */
export interface Observation<Layout, Disk, Server> extends Sight<Layout, Disk, Server> {
  readonly name: string;
  readonly address: string;
  readonly reached: boolean;
}

export const unseen = (error: unknown): Unseen => ({
  code: isReplctlError(error) ? error.code : 'FAILED',
  message: error instanceof Error ? error.message : String(error),
  hint: isReplctlError(error) ? error.hint : undefined,
});

export const serverDown = (node: { readonly name: string }, layout: { readonly dataDir: string }): Unseen => ({
  code: 'SERVER_DOWN',
  message: `the server in ${layout.dataDir} does not run`,
  hint: `Start it on ${node.name}, or see its log.`,
});

/** Never throws for a node: an observation says what could not be seen. */
export const observeBy =
  <Layout, Disk, Server>(
    lookAt: (node: Node<ReadingHost>, signal: AbortSignal) => Promise<Sight<Layout, Disk, Server>>,
  ) =>
  async (reached: Reached, signal: AbortSignal): Promise<Observation<Layout, Disk, Server>> => {
    const { name, address } = reached;
    if ('failure' in reached) return { name, address, reached: false, failure: unseen(reached.failure) };
    try {
      return { name, address, reached: true, ...(await lookAt(reached.node, signal)) };
    } catch (error) {
      signal.throwIfAborted();
      const failure = unseen(error);
      return { name, address, reached: !['HOST_UNREACHABLE', 'OUTCOME_UNKNOWN'].includes(failure.code), failure };
    }
  };
