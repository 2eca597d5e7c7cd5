import type { Duplex } from 'node:stream';
import type { Algorithms, Client, ServerHostKeyAlgorithm } from 'ssh2';
import { isReplctlError, type ReplctlError } from '../errors.ts';
import { authRefused, noLoginWithin, unreachable } from './connect-errors.ts';
import { entryFingerprint, hostKeyError, judgeHostKey, knownKeyTypes } from './host-key.ts';
import { collectIdentities } from './identities.ts';
import { fingerprint, readKnownHosts } from './known-hosts.ts';
import type { Hop } from './route.ts';

/** The library's own lists still have SHA-1 in them. */
const algorithms: Omit<Algorithms, 'serverHostKey'> = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The server shows one of its keys: let it be one of a type that we know, or a good host looks like a changed one. */
const preferring = (types: readonly string[]): ServerHostKeyAlgorithm[] => {
  const known = (algorithm: string) => types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...hostKeyAlgorithms.filter(known), ...hostKeyAlgorithms.filter((algorithm) => !known(algorithm))];
};

export interface HopOptions {
  /** To the host: a TCP connection from here, or the forwarded stream from the hop before. Destroyed where the login fails. */
  readonly socket: Duplex;
  readonly timeoutMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

const classify = (
  hop: Hop,
  error: Error & { level?: string },
  { seconds, refused }: { readonly seconds: number; readonly refused: () => ReplctlError },
): ReplctlError => {
  if (isReplctlError(error)) return error;
  if (error.level === 'client-timeout') return unreachable(hop, noLoginWithin(seconds));
  if (error.level === 'client-authentication') return refused();
  return unreachable(hop, error.message, error);
};

/** A logged-in connection to one hop, its host key verified. */
export const connectHop = async (
  ssh2: typeof import('ssh2'),
  hop: Hop,
  { socket, timeoutMilliseconds, signal }: HopOptions,
): Promise<Client> => {
  let early: Error | undefined;
  const note = (error: Error) => {
    early ??= error;
  };
  socket.on('error', note);
  try {
    const [entries, identities] = await Promise.all([
      readKnownHosts(hop.files, hop.node),
      collectIdentities(ssh2, hop),
    ]);
    if (early) throw unreachable(hop, early.message, early);
    const client = new ssh2.Client();
    let keyError: ReplctlError | undefined;
    const methods = [...identities.methods];
    const offered = methods.length;

    const verify = (blob: Buffer): boolean => {
      const parsed = ssh2.utils.parseKey(blob);
      const type = parsed instanceof Error ? 'unknown' : parsed.type;
      const verdict = judgeHostKey(entries, hop, { type, blob });
      if (verdict.verdict === 'known') return true;
      keyError = hostKeyError({
        query: hop,
        verdict: verdict.verdict,
        type,
        offered: fingerprint(blob),
        ...(verdict.verdict === 'unknown'
          ? { otherTypes: verdict.otherTypes }
          : { known: entryFingerprint(verdict.entry), place: verdict.entry }),
      });
      return false;
    };

    return await new Promise<Client>((resolve, reject) => {
      const fail = (error: Error) => {
        const refused = () => authRefused({ ...identities, hop, offered, cause: error });
        reject(keyError ?? classify(hop, error, { seconds: timeoutMilliseconds / 1000, refused }));
        client.destroy();
        socket.destroy();
      };
      const abort = () => fail(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      signal?.addEventListener('abort', abort, { once: true });
      // For the whole life: an error without a listener ends the process.
      client.on('error', fail);
      client.on('close', () => fail(new Error('the connection was closed before the login')));
      client.on('ready', () => {
        signal?.removeEventListener('abort', abort);
        resolve(client);
      });
      client.connect({
        sock: socket,
        username: hop.user,
        hostVerifier: verify,
        algorithms: { ...algorithms, serverHostKey: preferring(knownKeyTypes(entries, hop)) },
        authHandler: (_left, _partial, next) => {
          const method = methods.shift();
          // The library takes `false` for "nothing left", which its types do not know.
          next(method ?? (false as never));
        },
        readyTimeout: timeoutMilliseconds,
        keepaliveInterval: 6000,
        keepaliveCountMax: 3,
        strictVendor: false,
      });
      // Without it every message waits for an acknowledgement: 170 ms a command instead of a few.
      client.setNoDelay(true);
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
};
