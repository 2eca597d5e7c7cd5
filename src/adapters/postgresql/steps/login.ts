import { ReplctlError } from '../../../errors.ts';
import { setting } from '../facts.ts';
import type { Work } from '../work.ts';
import { replicationConninfo } from './replication-conninfo.ts';

export type LoginResult =
  | { readonly ok: true; readonly systemIdentifier: string }
  | {
      readonly ok: false;
      readonly kind: 'password' | 'not-admitted' | 'unreachable' | 'tls' | 'other';
      readonly reason: string;
    };

const kindOf = (reason: string): Exclude<LoginResult, { ok: true }>['kind'] => {
  if (/password authentication failed|no password supplied|fe_sendauth/.test(reason)) return 'password';
  if (/no pg_hba\.conf entry|pg_hba\.conf rejects/.test(reason)) return 'not-admitted';
  if (/does not support SSL|SSL error|certificate|root certificate/.test(reason)) return 'tls';
  if (/could not (connect|translate)|Connection refused|timeout expired|No route|unreachable/.test(reason))
    return 'unreachable';
  return 'other';
};

export const loginArgv = (work: Work, server: Work['serving'][number]): readonly string[] => {
  const info = `${replicationConninfo(work, server, `replctl ${work.run}`)} replication=true`;
  return [`${work.layouts.follower.binDir}/psql`, '-X', '-w', '-At', '-d', info, '-c', 'IDENTIFY_SYSTEM'];
};

/** A replication login from the follower's own machine, as the server's OS user: what the copy and tailing will do, tried beforehand. */
export const tryLogin = async (
  work: Work,
  server: Work['serving'][number],
  signal: AbortSignal,
): Promise<LoginResult> => {
  const { follower } = work.nodes;
  const result = await follower.host.run(
    { argv: loginArgv(work, server), as: work.layouts.follower.osUser, timeoutSeconds: 20 },
    { signal },
  );
  if (result.exitCode === 0) return { ok: true, systemIdentifier: result.stdout.split('|')[0]!.trim() };
  const reason =
    result.stderr
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^psql: error: /, '') ?? `exit code ${result.exitCode}`;
  return { ok: false, kind: kindOf(reason), reason };
};

type Refused = Exclude<LoginResult, { ok: true }>;

const hints: Record<Refused['kind'], string> = {
  password: 'Run the same command again: it gives the role a new password.',
  'not-admitted':
    "The server sees the follower under the address in the message: set it as the follower's `address` in the fleet file.",
  unreachable:
    'Correct `address` or database.port of the server in the fleet file, or let the port through the firewall.',
  tls: 'Check ssl on the server, or database.tls of the follower in the fleet file.',
  other: "The server's log says more.",
};

const elsewhere = (server: Work['serving'][number]): string =>
  `another server may answer at ${server.node.address}:${server.layout.port}: correct \`address\` of ${server.node.name} in the fleet file`;

/** A server that turns away the very address that ours was told to let in, or a password that ours was just given, is hardly ours. */
const hintOf = (work: Work, server: Work['serving'][number], { kind, reason }: Refused): string => {
  const reach = work.context.facts.follower.reach[server.node.name];
  const seenAs = /from host "([^"]+)"/.exec(reason)?.[1];
  if (kind === 'not-admitted' && reach?.ok && seenAs === reach.localAddress)
    return `${server.node.name} lets ${seenAs} in, so ${elsewhere(server)}.`;
  return kind === 'password' ? `${hints.password} If that does not help, ${elsewhere(server)}.` : hints[kind];
};

/** Throws what a person needs to know where the login fails, or reaches another cluster. */
export const requireLogin = (work: Work, server: Work['serving'][number], result: LoginResult): void => {
  const { follower } = work.nodes;
  const target = `${server.node.address}:${server.layout.port}`;
  if (!result.ok) {
    throw new ReplctlError({
      code: 'FAILED',
      node: follower.name,
      message: `${follower.name} cannot log in to ${server.node.name} (${target}) as ${work.role}: ${result.reason}`,
      hint: hintOf(work, server, result),
      details: { kind: result.kind },
    });
  }
  const expected = work.context.facts.leader.server?.systemIdentifier;
  if (result.systemIdentifier !== expected) {
    throw new ReplctlError({
      code: 'FAILED',
      node: follower.name,
      message: `${target}, reached from ${follower.name}, is another cluster (system identifier ${result.systemIdentifier}) than ${server.node.name} (${expected})`,
      hint: `Correct \`address\` of ${server.node.name} in the fleet file: it is what the other nodes use to reach its database (port ${setting(server.facts.server, 'port')}).`,
    });
  }
};
