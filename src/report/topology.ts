/** What is needed of a node to find its place. */
export interface Placed {
  readonly name: string;
  readonly upstream: string | null;
}

/** A line of the tree: the branches that lead to it, and those that go on below it. */
export interface Branch<N> {
  /** Undefined: an upstream that none of the nodes is. */
  readonly node: N | undefined;
  readonly name: string;
  readonly lead: string;
  /** In front of what is written beneath the node. */
  readonly below: string;
}

const drawn = { unicode: { tee: '├─ ', end: '└─ ', bar: '│  ' }, ascii: { tee: '|- ', end: '`- ', bar: '|  ' } };

/**
 * The nodes as a tree, leaders at the roots, each with its followers below it, in the order given. A node whose upstream is not among
 * them hangs below that name; of nodes that follow each other in a circle the first one is taken for the root.
 */
export const topology = <N extends Placed>(nodes: readonly N[], unicode: boolean): readonly Branch<N>[] => {
  const { tee, end, bar } = unicode ? drawn.unicode : drawn.ascii;
  const known = new Map(nodes.map((node) => [node.name, node]));
  const visited = new Set<string>();
  const branches: Branch<N>[] = [];
  const followersOf = (name: string): readonly N[] =>
    nodes.filter((node) => node.upstream === name && !visited.has(node.name));

  const visit = (name: string, lead: string, rest: string): void => {
    visited.add(name);
    const followers = followersOf(name);
    const below = rest + (followers.length > 0 ? bar : '   ');
    branches.push({ node: known.get(name), name, lead, below });
    for (const [index, follower] of followers.entries()) {
      if (visited.has(follower.name)) continue;
      const last = index === followers.length - 1;
      visit(follower.name, rest + (last ? end : tee), rest + (last ? '   ' : bar));
    }
  };

  const roots = nodes.filter((node) => node.upstream === null).map((node) => node.name);
  const strangers = nodes.flatMap(({ upstream }) => (upstream === null || known.has(upstream) ? [] : [upstream]));
  for (const root of [...roots, ...strangers, ...nodes.map((node) => node.name)]) {
    if (!visited.has(root)) visit(root, '', '');
  }
  return branches;
};
