import { didYouMean } from './nearest.ts';
import type { Complaint } from './problem.ts';
import type { FleetFile, NodeEntry } from './schema.ts';

export const transportOf = (file: FleetFile, node: NodeEntry): 'auto' | 'ssh2' | 'openssh' | 'local' =>
  node.transport ?? node.ssh?.transport ?? file.ssh?.transport ?? 'auto';

/** The nodes of the circle that starts at `start`, or undefined where the way leads out of the circle or ends. */
const circleFrom = (start: string, nodes: ReadonlyMap<string, NodeEntry>): readonly string[] | undefined => {
  const way = [start];
  for (let next = nodes.get(start)?.follows; next !== undefined; next = nodes.get(next)?.follows) {
    if (next === start) return way;
    if (way.includes(next)) return undefined;
    way.push(next);
  }
  return undefined;
};

const circles = (nodes: ReadonlyMap<string, NodeEntry>): readonly Complaint[] => {
  const told = new Set<string>();
  const complaints: Complaint[] = [];
  for (const name of nodes.keys()) {
    const circle = circleFrom(name, nodes);
    if (!circle || circle.length < 2 || told.has(name)) continue;
    for (const member of circle) told.add(member);
    complaints.push({
      path: ['nodes', name, 'follows'],
      at: 'value',
      message: `${[...circle, name].join(' follows ')}: that is a circle`,
    });
  }
  return complaints;
};

const follows = (name: string, node: NodeEntry, nodes: ReadonlyMap<string, NodeEntry>): readonly Complaint[] => {
  const path = ['nodes', name, 'follows'];
  if (node.follows === undefined) return [];
  if (node.follows === name) return [{ path, at: 'value', message: `${name} follows itself` }];
  if (nodes.has(node.follows)) return [];
  const message = `${name} follows "${node.follows}", which is no node here${didYouMean(node.follows, [...nodes.keys()])}`;
  return [{ path, at: 'value', message }];
};

const leaders = (nodes: ReadonlyMap<string, NodeEntry>): readonly Complaint[] => {
  const names = [...nodes].filter(([, node]) => node.follows === undefined).map(([name]) => name);
  const [first, ...more] = names;
  if (first === undefined) {
    return [
      { path: ['nodes'], at: 'key', message: 'every node follows another: the leader is the one without "follows"' },
    ];
  }
  return more.map((name) => ({
    path: ['nodes', name],
    at: 'key',
    message: `${name} has no "follows" and would be a second leader: ${first} has none either`,
  }));
};

const place = (name: string, node: NodeEntry, file: FleetFile): readonly Complaint[] => {
  const local = transportOf(file, node) === 'local';
  const twice =
    node.ssh?.transport !== undefined && node.transport !== undefined && node.ssh.transport !== node.transport;
  return [
    ...(twice
      ? [{ path: ['nodes', name, 'transport'], at: 'key' as const, message: `${name} has two different transports` }]
      : []),
    ...(!local && node.host === undefined
      ? [{ path: ['nodes', name], at: 'key' as const, message: `${name} needs "host" (or "transport: local")` }]
      : []),
    // Believing the transport over the host would work on this machine where another one was meant.
    ...(local && node.host !== undefined
      ? [
          {
            path: ['nodes', name, 'host'],
            at: 'key' as const,
            message: `${name} is this machine (transport: local) and takes no "host"; "address" is for the other nodes`,
          },
        ]
      : []),
  ];
};

/** What a schema cannot say: who follows whom, and where each node is. */
export const checkTopology = (file: FleetFile): readonly Complaint[] => {
  const nodes = new Map(Object.entries(file.nodes));
  if (nodes.size === 0)
    return [{ path: ['nodes'], at: 'key', message: 'nodes is empty: a fleet has a leader at least' }];
  return [
    ...[...nodes].flatMap(([name, node]) => [...follows(name, node, nodes), ...place(name, node, file)]),
    ...circles(nodes),
    ...leaders(nodes),
  ];
};
