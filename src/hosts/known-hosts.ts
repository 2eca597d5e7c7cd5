import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ReplctlError } from '../errors.ts';

export interface KnownHost {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** `ssh-ed25519`, `ssh-rsa`, … as in the file. */
  readonly type: string;
  /** The key, base64. */
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly names: string;
}

export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** `*` and `?` as in OpenSSH's patterns; everything else is itself. */
const matchesPattern = (name: string, pattern: string): boolean => {
  const source = pattern
    .replaceAll(/[\\^$+.()|[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
};

const matchesHash = (name: string, hashed: string): boolean => {
  const [, version, salt, digest, ...rest] = hashed.split('|');
  if (version !== '1' || !salt || !digest || rest.length > 0) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === digest;
};

/** One pattern that is negated and matches takes the whole line away. */
const matchesNames = (name: string, names: string): boolean => {
  if (names.startsWith('|')) return matchesHash(name, names);
  const patterns = names.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(name, pattern));
};

const parseLine = (text: string, file: string, line: number): KnownHost | undefined => {
  const fields = text.trim().split(/[ \t]+/);
  if (fields[0] === '' || fields[0]?.startsWith('#')) return undefined;
  const marked = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : 'none';
  const [names, type, key] = fields;
  if (names === undefined || type === undefined || key === undefined) return undefined;
  // A marker of the future says something that we do not know about the key: then it is no plain entry.
  if (marked !== 'none' && marked !== 'revoked' && marked !== 'cert-authority') return undefined;
  return { marker: marked, type, key, file, line, names };
};

export const parseKnownHosts = (text: string, file: string): KnownHost[] =>
  text.split('\n').flatMap((line, index) => parseLine(line, file, index + 1) ?? []);

/** The name under which a host's key is kept. */
export const knownHostName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

export const findKnownHosts = (entries: readonly KnownHost[], name: string): KnownHost[] =>
  entries.filter((entry) => matchesNames(name.toLowerCase(), entry.names));

/** All entries of the files; a file that is not there has none, one that cannot be read is an error. */
export const readKnownHosts = async (files: readonly string[], node: string): Promise<KnownHost[]> => {
  const read = async (file: string) => {
    try {
      return parseKnownHosts(await readFile(file, 'utf8'), file);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return [];
      throw new ReplctlError({
        code: 'HOST_KEY_UNKNOWN',
        node,
        message: `The known hosts file ${file} cannot be read, so the key of ${node} cannot be verified`,
        hint: `Make ${file} readable for you.`,
        cause,
      });
    }
  };
  return (await Promise.all(files.map(read))).flat();
};
