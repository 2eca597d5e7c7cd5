import { isReplctlError } from './errors.ts';
import type { Adapter, Facts, Node, Reached } from './adapters/adapter.ts';
import type { Fleet, FleetNode } from './fleet/fleet.ts';
import { loadFleet } from './fleet/load.ts';
import type { FleetSurroundings } from './fleet/source.ts';
import type { Host } from './hosts/host.ts';
import type { RunStore } from './hosts/run-store.ts';
import type { Drawing } from './workflow/drawing.ts';
import type { Emit } from './workflow/events.ts';
import type { Interrupts } from './workflow/interrupts.ts';
import { createLocalStore, stateDirectory, type LocalStore } from './workflow/local-store.ts';

export interface SessionOptions {
  /** As typed: `add-follower`, `runs show`. */
  readonly command: string;
  /** Where the fleet file is looked for, and the environment. */
  readonly surroundings: FleetSurroundings;
  readonly interrupts: Interrupts;
  readonly emit: Emit;
  /** How steps are drawn while they run; absent: not at all. */
  readonly drawing: Drawing | undefined;
  /** Told every command before it runs on a host; absent: nobody is. */
  readonly log: ((line: string) => void) | undefined;
}

/** The parts of replctl, put together as they are asked for. */
export interface Session {
  readonly options: SessionOptions;
  readonly signal: AbortSignal;
  readonly localStore: LocalStore;
  /** Read when first asked for. */
  fleet(): Promise<Fleet>;
  adapter(): Promise<Adapter>;
  /** Connects when first asked for; one connection per node. */
  node(name: string): Promise<Node>;
  /** A node whose host is gone for good: nobody connects. */
  goneNode(name: string): Promise<Node>;
  /** As `node`, for those who must know of every node, dead ones too. */
  reach(nodes: readonly FleetNode[]): Promise<readonly Reached[]>;
  /** Journal copies and the lease of a node, on its own machine. */
  runStore(node: Node, facts: Facts): Promise<RunStore>;
  /** Ends every connection; jobs on hosts go on. Idempotent. */
  close(): Promise<void>;
}

const connect = async (node: FleetNode, { interrupts, surroundings, log }: SessionOptions): Promise<Host> => {
  const { connectHost } = await import('./hosts/connect.ts');
  const host = await connectHost(node.ssh, { signal: interrupts.signal, environment: surroundings.environment });
  if (log === undefined) return host;
  const { narratedHost } = await import('./hosts/narrated-host.ts');
  return narratedHost(host, log);
};

export const openSession = (options: SessionOptions): Session => {
  const { surroundings, interrupts } = options;
  const hosts = new Map<string, Promise<Host>>();
  let loaded: Promise<Fleet> | undefined;
  const fleet = (): Promise<Fleet> => (loaded ??= loadFleet(surroundings));

  const hostOf = (node: FleetNode): Promise<Host> => {
    const known = hosts.get(node.name);
    if (known) return known;
    const host = connect(node, options);
    hosts.set(node.name, host);
    return host;
  };
  const nodeOf = async (node: FleetNode): Promise<Node> => ({
    name: node.name,
    fleet: (await fleet()).name,
    host: await hostOf(node),
    address: node.address,
    sshPort: node.ssh.port,
    database: node.database,
  });
  const reach = async (node: FleetNode): Promise<Reached> => {
    const { name, address } = node;
    try {
      return { name, address, node: await nodeOf(node) };
    } catch (error) {
      interrupts.signal.throwIfAborted();
      if (!isReplctlError(error)) throw error;
      return { name, address, failure: error };
    }
  };

  return {
    options,
    signal: interrupts.signal,
    localStore: createLocalStore(stateDirectory(surroundings.environment, surroundings.home)),
    fleet,
    adapter: async () => {
      const [{ adapterFor }, { engine }] = await Promise.all([import('./adapters/index.ts'), fleet()]);
      return adapterFor(engine);
    },
    node: async (name) => {
      const { nodeNamed } = await import('./fleet/fleet.ts');
      return nodeOf(nodeNamed(await fleet(), name));
    },
    goneNode: async (name) => {
      const [{ nodeNamed }, { goneHost }] = await Promise.all([
        import('./fleet/fleet.ts'),
        import('./hosts/gone-host.ts'),
      ]);
      const known = await fleet();
      const { address, database } = nodeNamed(known, name);
      return { name, fleet: known.name, host: goneHost(name), address, database, gone: true };
    },
    reach: async (nodes) => Promise.all(nodes.map(reach)),
    runStore: async (node, facts) => {
      const { openRunStore } = await import('./hosts/run-store.ts');
      return openRunStore(node.host, { directory: facts.stateDir, as: facts.osUser });
    },
    close: async () => {
      const open = await Promise.allSettled(hosts.values());
      hosts.clear();
      await Promise.allSettled(open.map(async (host) => host.status === 'fulfilled' && host.value.close()));
    },
  };
};
