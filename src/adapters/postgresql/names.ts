import { createHash } from 'node:crypto';

/** PostgreSQL cuts identifiers at 63 bytes; a slot's name may hold only `[a-z0-9_]`. */
const longest = 63;

const shorten = (name: string): string =>
  name.length <= longest
    ? name
    : `${name.slice(0, longest - 9)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;

/** Injective from `[a-z0-9_-]` to `[a-z0-9_]`: `_` becomes `__` and `-` becomes `_0`, so two nodes never share a slot. */
const slotSafe = (node: string): string => node.replaceAll('_', '__').replaceAll('-', '_0');

export const roleName = (node: string): string => shorten(`replctl_${node}`);

/** `_r` and the ten characters of a run id. */
const runSuffix = (run: string): string => run.replace(/^r-/, '_r');
const room = longest - runSuffix('r-0123456789').length;

const slotBase = (node: string): string => {
  const base = `replctl_${slotSafe(node)}`;
  return base.length <= room
    ? base
    : `${base.slice(0, room - 9)}_${createHash('sha256').update(base).digest('hex').slice(0, 8)}`;
};

/** All slots of a node's runs begin with this. */
export const slotPrefix = (node: string): string => `${slotBase(node)}_r`;

/** One slot per run: a slot that an earlier run left can never be taken for this one's. */
export const slotName = (node: string, run: string): string => slotBase(node) + runSuffix(run);

/** What role comments say, and what is checked before a role is taken for ours. */
export const ownership = (fleet: string, node: string): string => `replctl fleet=${fleet} node=${node}`;

/** Walsenders of a run's copy are found by it. */
export const copyApplication = (run: string): string => `replctl_copy_${run}`;

export const quoteIdent = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteLiteral = (value: string): string => {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
};
