import { renderTemplate } from '../template.ts';

/** The block of `pg_hba.conf` that belongs to one follower of one fleet, and how it goes in and out. Pure. */
export interface HbaBlock {
  readonly fleet: string;
  readonly node: string;
  readonly role: string;
  /** Addresses that the follower connects from: IPv4 or IPv6, without a mask. */
  readonly addresses: readonly string[];
  /** `hostssl` where the server has TLS, so that the rows never cross the network in clear. */
  readonly type: 'hostssl' | 'host';
}

const begin = (key: string) => `# replctl: begin ${key}`;
const end = (key: string) => `# replctl: end ${key}`;
const keyOf = ({ fleet, node }: Pick<HbaBlock, 'fleet' | 'node'>) => `${fleet}/${node}`;

export const renderBlock = ({ fleet, node, role, addresses, type }: HbaBlock): string => {
  const quoted = `"${role.replaceAll('"', '""')}"`;
  const mask = (address: string) => (address.includes(':') ? 128 : 32);
  const rules = addresses.map((address) => `${type} replication ${quoted} ${address}/${mask(address)} scram-sha-256`);
  return renderTemplate('postgresql/pg_hba.conf', { fleet, node, rules: rules.join('\n') }, ['rules']);
};

const isEdge = (line: string, edge: string) => line === edge || line.startsWith(`${edge} `);

/** The file without the follower's block; every other byte stays. A block that was never closed ends at its last own line. */
export const withoutBlock = (content: string, owner: Pick<HbaBlock, 'fleet' | 'node'>): string => {
  const key = keyOf(owner);
  const lines = content.split('\n');
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (!isEdge(lines[index]!, begin(key))) {
      kept.push(lines[index]!);
      continue;
    }
    const close = lines.findIndex((line, at) => at > index && isEdge(line, end(key)));
    if (close !== -1) index = close;
  }
  return kept.join('\n');
};

/** At the top, where no earlier rule can turn the follower away. */
export const withBlock = (content: string, block: HbaBlock): string =>
  renderBlock(block) + withoutBlock(content, block);

export const hasBlock = (content: string, owner: Pick<HbaBlock, 'fleet' | 'node'>): boolean =>
  content.split('\n').some((line) => isEdge(line, begin(keyOf(owner))));
