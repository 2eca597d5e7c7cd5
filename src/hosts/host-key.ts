import { ReplctlError } from '../errors.ts';
import { findKnownHosts, fingerprint, knownHostName, type KnownHost } from './known-hosts.ts';
import { quoteArgv } from './quoting.ts';

/** Where a key is looked up, and what the messages need. */
export interface HostKeyQuery {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias?: string | undefined;
  readonly jump?: string | undefined;
  readonly files: readonly string[];
}

export type HostKeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown'; readonly otherTypes: readonly string[] }
  | { readonly verdict: 'changed' | 'revoked'; readonly entry: KnownHost };

export interface OfferedKey {
  readonly type: string;
  readonly blob: Buffer;
}

const lookUp = (entries: readonly KnownHost[], name: string, { type, blob }: OfferedKey): HostKeyVerdict => {
  const found = findKnownHosts(entries, name);
  const key = blob.toString('base64');
  const revoked = found.find((entry) => entry.marker === 'revoked' && entry.key === key);
  if (revoked) return { verdict: 'revoked', entry: revoked };
  // Certificate authorities sign certificates, which this transport cannot check: they say nothing about a plain key.
  const plain = found.filter((entry) => entry.marker === 'none');
  if (plain.some((entry) => entry.key === key)) return { verdict: 'known' };
  const changed = plain.find((entry) => entry.type === type);
  if (changed) return { verdict: 'changed', entry: changed };
  return { verdict: 'unknown', otherTypes: plain.map((entry) => entry.type) };
};

/** As OpenSSH with StrictHostKeyChecking: a key on another port may also be known under the bare host name, never refused by it. */
export const judgeHostKey = (
  entries: readonly KnownHost[],
  query: HostKeyQuery,
  offered: OfferedKey,
): HostKeyVerdict => {
  if (query.hostKeyAlias !== undefined) return lookUp(entries, query.hostKeyAlias, offered);
  const first = lookUp(entries, knownHostName(query.host, query.port), offered);
  if (first.verdict !== 'unknown' || query.port === 22) return first;
  const bare = lookUp(entries, query.host, offered);
  return bare.verdict === 'known' || bare.verdict === 'revoked' ? bare : first;
};

/** The types of key that are known for the host, so that it is asked for one of them. */
export const knownKeyTypes = (entries: readonly KnownHost[], query: HostKeyQuery): string[] => {
  const names =
    query.hostKeyAlias === undefined ? [knownHostName(query.host, query.port), query.host] : [query.hostKeyAlias];
  for (const name of names) {
    const types = findKnownHosts(entries, name).flatMap((entry) => (entry.marker === 'none' ? [entry.type] : []));
    if (types.length > 0) return types;
  }
  return [];
};

const lookUpName = (query: HostKeyQuery) => query.hostKeyAlias ?? knownHostName(query.host, query.port);

/** The command with which a person looks at an unknown key and accepts it. */
const acceptCommand = (query: HostKeyQuery): string =>
  quoteArgv([
    'ssh',
    ...(query.jump === undefined ? [] : ['-J', query.jump]),
    '-o',
    'StrictHostKeyChecking=ask',
    ...(query.files[0] === undefined ? [] : ['-o', `UserKnownHostsFile=${query.files[0]}`]),
    ...(query.hostKeyAlias === undefined ? [] : ['-o', `HostKeyAlias=${query.hostKeyAlias}`]),
    '-p',
    String(query.port),
    '-l',
    query.user,
    query.host,
    'true',
  ]);

export interface HostKeyRefusal {
  readonly query: HostKeyQuery;
  readonly verdict: 'unknown' | 'changed' | 'revoked';
  /** `ssh-ed25519`; undefined where it could not be learnt, as the fingerprints. */
  readonly type?: string | undefined;
  readonly offered?: string | undefined;
  readonly known?: string | undefined;
  readonly place?: { readonly file: string; readonly line: number } | undefined;
  readonly otherTypes?: readonly string[] | undefined;
}

/** One wording for both transports. */
export const hostKeyError = ({
  query,
  verdict,
  type,
  offered,
  known,
  place,
  otherTypes = [],
}: HostKeyRefusal): ReplctlError => {
  const { node, host, port } = query;
  const key = `${type ?? 'host'} key${offered === undefined ? '' : ` ${offered}`}`;
  const details = { host, port, type, offered, known, file: place?.file, line: place?.line };
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
  if (verdict === 'unknown') {
    const others = otherTypes.length > 0 ? `; known for it: ${[...new Set(otherTypes)].join(', ')}` : '';
    return new ReplctlError({
      code: 'HOST_KEY_UNKNOWN',
      node,
      message: `The ${key} of ${node} (${host}:${port}) is in no known hosts file${others}`,
      hint: `Compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then accept it: ${acceptCommand(query)}`,
      details,
    });
  }
  if (verdict === 'revoked') {
    return new ReplctlError({
      code: 'HOST_KEY_CHANGED',
      node,
      message: `The ${key} of ${node} (${host}:${port}) is marked as revoked${where}`,
      hint: 'Someone may be in between. Ask whoever runs this host for its new key.',
      details,
    });
  }
  const remove = quoteArgv(['ssh-keygen', '-R', lookUpName(query), ...(place === undefined ? [] : ['-f', place.file])]);
  return new ReplctlError({
    code: 'HOST_KEY_CHANGED',
    node,
    message: `${node} (${host}:${port}) shows the ${key}, and not the known one${known === undefined ? '' : ` ${known}`}${where}`,
    hint: `Someone may be in between. If the host was set up anew, forget the old key: ${remove}, then: ${acceptCommand(query)}`,
    details,
  });
};

export const entryFingerprint = (entry: KnownHost): string => fingerprint(Buffer.from(entry.key, 'base64'));
