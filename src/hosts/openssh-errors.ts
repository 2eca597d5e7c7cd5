import type { ReplctlError } from '../errors.ts';
import { authRefused, noLoginWithin, unreachable } from './connect-errors.ts';
import { entryFingerprint, hostKeyError } from './host-key.ts';
import { collectIdentities } from './identities.ts';
import { knownHostName, readKnownHosts } from './known-hosts.ts';
import type { Hop, Route } from './route.ts';

/** `ssh -v` on stderr without its debug lines: what it says to people. */
export const plainLines = (stderr: string): string[] =>
  stderr
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !/^(?:debug\d:|OpenSSH_|Warning: Permanently)/.test(line));

const codes: readonly (readonly [RegExp, string])[] = [
  [/Could not resolve hostname/, 'ENOTFOUND'],
  [/Connection refused/, 'ECONNREFUSED'],
];

/** The hop that the message speaks of, by its address or by its name in known_hosts; else the node itself. */
const hopOf = ({ hops }: Route, said: string): Hop => {
  const target = hops.at(-1)!;
  const key = /host key (?:for|is known for) (\S+)/.exec(said)?.[1];
  const at = /connect to host (\S+) port (\d+)/.exec(said);
  const login = /^(\S+)@(\S+): Permission denied/m.exec(said);
  return (
    hops.find((hop) => key !== undefined && key === (hop.hostKeyAlias ?? knownHostName(hop.host, hop.port))) ??
    hops.find((hop) => at?.[1] === hop.host && Number(at[2]) === hop.port) ??
    (login?.[2] === target.host ? target : hops.find((hop) => login?.[2] === hop.host)) ??
    target
  );
};

const hostKeyFailure = async (route: Route, stderr: string, said: string): Promise<ReplctlError> => {
  const query = hopOf(route, said);
  const [, type, offered] = [...stderr.matchAll(/Server host key: (\S+) (SHA256:\S+)/g)].at(-1) ?? [];
  const offending = /Offending \S+ key in (.+):(\d+)/.exec(said);
  const place = offending ? { file: offending[1]!, line: Number(offending[2]) } : undefined;
  const entries = place === undefined ? [] : await readKnownHosts([place.file], query.node).catch(() => []);
  const entry = entries.find(({ line }) => line === place?.line);
  const verdict = /REVOKED HOST KEY|marked as revoked/.test(said)
    ? 'revoked'
    : said.includes('IDENTIFICATION HAS CHANGED')
      ? 'changed'
      : 'unknown';
  return hostKeyError({ query, verdict, type, offered, place, known: entry && entryFingerprint(entry) });
};

/** Why `ssh` did not connect, in the words and codes of the other transport. */
export const opensshFailure = async (route: Route, stderr: string): Promise<ReplctlError> => {
  const lines = plainLines(stderr);
  const said = lines.join('\n');
  if (/Host key verification failed|HOST IDENTIFICATION HAS CHANGED|host key is known/.test(said)) {
    return hostKeyFailure(route, stderr, said);
  }
  const hop = hopOf(route, said);
  if (/Permission denied|Too many authentication failures/.test(said)) {
    const { default: ssh2 } = await import('ssh2');
    const { locked } = await collectIdentities(ssh2, hop);
    return authRefused({ hop, locked });
  }
  // ssh's own limit, in the words of ours: which of the two is first is chance.
  if (/ timed out/.test(said)) return unreachable(hop, noLoginWithin(route.connectTimeoutSeconds));
  const reason = lines.findLast((line) => /^ssh: |closed by|refused|reset/i.test(line)) ?? lines.at(-1);
  const code = codes.find(([pattern]) => pattern.test(said))?.[1];
  const why = reason?.replace(/^ssh: (?:connect to host \S+ port \d+: )?/, '') ?? 'ssh ended and said nothing';
  return unreachable(hop, why, code === undefined ? undefined : Object.assign(new Error(why), { code }));
};
