import { isIP } from 'node:net';
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
  const foreign = addresses.find((address) => isIP(address) === 0);
  if (foreign !== undefined) throw new RangeError(`Not an address: ${JSON.stringify(foreign)}`);
  const mask = (address: string) => (isIP(address) === 6 ? 128 : 32);
  const rules = addresses.map((address) => `${type} replication ${quoted} ${address}/${mask(address)} scram-sha-256`);
  return renderTemplate('postgresql/pg_hba.conf', { fleet, node, rules: rules.join('\n') }, ['rules']);
};

/** An editor may have made the lines end in CRLF. */
const isEdge = (line: string, edge: string) => line.startsWith(edge) && /^($|[ \r])/.test(line.slice(edge.length));
const isOurRule = (line: string) => /^host(ssl)? replication "replctl_/.test(line);

/** Where the block that begins at `index` ends: at its last line, or where somebody took that away at its last rule. */
const lastLineOf = (lines: readonly string[], index: number, key: string): number => {
  const next = lines.findIndex((line, at) => at > index && (isEdge(line, end(key)) || line.startsWith(begin(''))));
  if (next !== -1 && isEdge(lines[next]!, end(key))) return next;
  const foreign = lines.findIndex((line, at) => at > index && !isOurRule(line));
  return (foreign === -1 ? lines.length : foreign) - 1;
};

/** The file without the follower's block; every other byte stays. */
export const withoutBlock = (content: string, owner: Pick<HbaBlock, 'fleet' | 'node'>): string => {
  const key = keyOf(owner);
  const lines = content.split('\n');
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (isEdge(lines[index]!, begin(key))) index = lastLineOf(lines, index, key);
    else kept.push(lines[index]!);
  }
  return kept.join('\n');
};

/** At the top, where no earlier rule can turn the follower away. */
export const withBlock = (content: string, block: HbaBlock): string =>
  renderBlock(block) + withoutBlock(content, block);

export const hasBlock = (content: string, owner: Pick<HbaBlock, 'fleet' | 'node'>): boolean =>
  content.split('\n').some((line) => isEdge(line, begin(keyOf(owner))));

/** Is exactly this block at the top? Those of other followers may stand before it: they turn nobody away. */
export const isCurrent = (content: string, block: HbaBlock): boolean => {
  const ours = renderBlock(block);
  const at = content.indexOf(ours);
  if (at === -1) return false;
  const before = content.slice(0, at);
  const harmless = before.split('\n').every((line) => line === '' || line.startsWith('# replctl: ') || isOurRule(line));
  return harmless && !hasBlock(before, block) && !hasBlock(content.slice(at + ours.length), block);
};
