import { isReplctlError } from '../../errors.ts';
import type { ReadingHost } from '../../hosts/host.ts';
import type { Node, Reached } from '../adapter.ts';
import { askServer } from './ask-server.ts';
import { discover } from './discover.ts';
import type { DiskFacts, ServerFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { surveyDisk } from './survey-disk.ts';

/** What `status` sees of one node. `failure`: in words, where there is no server to ask. */
export interface Observation {
  readonly name: string;
  readonly address: string;
  readonly layout?: Layout;
  readonly disk?: DiskFacts;
  readonly server?: ServerFacts;
  readonly reached: boolean;
  readonly failure?: { readonly code: string; readonly message: string; readonly hint?: string | undefined };
}

const failureOf = (error: unknown): NonNullable<Observation['failure']> => ({
  code: isReplctlError(error) ? error.code : 'FAILED',
  message: error instanceof Error ? error.message : String(error),
  hint: isReplctlError(error) ? error.hint : undefined,
});

const observeNode = async (
  node: Node<ReadingHost>,
  signal: AbortSignal,
): Promise<Omit<Observation, 'name' | 'address' | 'reached'>> => {
  const { layout } = await discover(node, signal);
  if (!layout)
    return {
      failure: {
        code: 'SERVER_NOT_FOUND',
        message: `no MySQL or MariaDB server was found on ${node.name}`,
        hint: 'Name it with database.dataDir in the fleet file.',
      },
    };
  const asking = askServer(node, layout, signal).then(
    (server) => ({ server }),
    (error: unknown) => ({ failure: failureOf(error) }),
  );
  const [disk, asked] = await Promise.all([surveyDisk(node, layout, signal), asking]);
  if (disk.serverProcess) return { layout, disk, ...asked };
  return {
    layout,
    disk,
    failure: {
      code: 'SERVER_DOWN',
      message: `the server in ${layout.dataDir} does not run`,
      hint: `Start it on ${node.name}, or see its log.`,
    },
  };
};

/** Never throws for a node: an observation says what could not be seen. */
export const observe = async (reached: Reached, signal: AbortSignal): Promise<Observation> => {
  const { name, address } = reached;
  if ('failure' in reached) return { name, address, reached: false, failure: failureOf(reached.failure) };
  try {
    return { name, address, reached: true, ...(await observeNode(reached.node, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(error);
    return { name, address, reached: !['HOST_UNREACHABLE', 'OUTCOME_UNKNOWN'].includes(failure.code), failure };
  }
};
