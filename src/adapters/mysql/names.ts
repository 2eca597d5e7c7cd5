import { createHash } from 'node:crypto';

/** MySQL's longest user name. */
const longest = 32;

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * Neither engine has a comment on accounts that both could read, so the name itself says whose it is: it ends in a hash of fleet and node, and no two
 * nodes of any fleets share it.
 */
const named = (prefix: string, fleet: string, node: string): string => {
  const hash = digest(`${fleet}/${node}`, 8);
  return `${prefix}${node.slice(0, longest - prefix.length - hash.length - 1)}_${hash}`;
};

/** The follower's replication account. */
export const accountName = (fleet: string, node: string): string => named('replctl_', fleet, node);

/** An account, or a key, that only the copy of the node's run uses, and that goes with it. A node has one run at a time: of an older one it is void. */
export const copyAccountName = (fleet: string, node: string): string => named('replctl_copy_', fleet, node);

/** Unlikely to be another's: 31 bits of a hash, above the numbers that people give. The preflight looks whether it is taken. */
export const serverIdFor = (fleet: string, node: string, taken: readonly number[]): number => {
  for (let attempt = 0; ; attempt++) {
    const id = 1_000_000 + (Number.parseInt(digest(`${fleet}/${node}/${attempt}`, 8), 16) % 2_000_000_000);
    if (!taken.includes(id)) return id;
  }
};

export const quoteIdent = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** For every `sql_mode`: no backslash stands in it, so that it does not matter whether backslashes escape. */
export const quoteLiteral = (value: string): string =>
  value.includes('\\') ? `X'${Buffer.from(value).toString('hex')}'` : `'${value.replaceAll("'", "''")}'`;

export const quoteAccount = (user: string, host: string): string => `${quoteLiteral(user)}@${quoteLiteral(host)}`;
