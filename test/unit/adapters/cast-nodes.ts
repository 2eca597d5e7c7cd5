import type { Cast, DatabaseAccess, Facts, Node, Want } from '../../../src/adapters/adapter.ts';
import type { Host } from '../../../src/hosts/host.ts';

const refuse = (): never => {
  throw new Error('Pure code asked a host');
};

/** A host that nobody may ask anything. */
const untouchable = (node: string): Host => ({
  node,
  login: { user: 'ops', uid: 1000, home: '/home/ops' },
  run: refuse,
  duplex: refuse,
  connect: refuse,
  readFile: refuse,
  writeFile: refuse,
  close: refuse,
});

const addresses: Readonly<Record<string, string>> = {
  db1: '10.0.0.11',
  db2: '10.0.0.12',
  mid: '10.0.0.13',
  src: '10.0.0.14',
};

const nodeOf = (name: string, database: Partial<DatabaseAccess> = {}): Node => ({
  name,
  fleet: 'orders',
  host: untouchable(name),
  address: addresses[name] ?? '10.0.0.99',
  database: { tablespaces: {}, ...database },
});

/** The nodes that go with the facts; `database`: the follower's part of the fleet file. */
export const nodesOf = (facts: Cast<Facts>, database: Partial<DatabaseAccess> = {}): Cast<Node> => ({
  leader: nodeOf(facts.leader.node),
  upstream: nodeOf(facts.upstream.node),
  source: nodeOf(facts.source.node),
  follower: nodeOf(facts.follower.node, database),
});

export const want = (unlike: Partial<Want> = {}): Want => ({
  method: 'auto',
  replace: false,
  discardOld: false,
  maxLag: { seconds: 1 },
  waitTimeout: 3600,
  ...unlike,
});

export const theRun = 'r-0a1b2c3d4e';
