import { ReplctlError } from '../../../errors.ts';
import { clientArgv } from '../client.ts';
import { dialectOf } from '../dialect.ts';
import { identityExpression, identityOf } from '../identity.ts';
import { credentialsPath } from '../layout.ts';
import type { Serving, Work } from '../work.ts';

export type LoginResult =
  | { readonly ok: true; readonly identity: string }
  | { readonly ok: false; readonly kind: 'password' | 'unreachable' | 'tls' | 'other'; readonly reason: string };

type Refused = Extract<LoginResult, { ok: false }>;

const kindOf = (reason: string): Refused['kind'] => {
  if (/\b1045\b|Access denied|\b1130\b|is not allowed to connect|\b1698\b/.test(reason)) return 'password';
  if (/\b2026\b|SSL|TLS|certificate|\b3159\b/.test(reason)) return 'tls';
  if (/\b200[2-5]\b|Can't connect|Unknown (MySQL )?server host|Lost connection/.test(reason)) return 'unreachable';
  return 'other';
};

/** The host and port of the server in question are no secret, and win over the option file's. */
export const loginArgv = (work: Work, { node, layout }: Serving): readonly string[] => [
  ...clientArgv(work.layouts.follower, credentialsPath(work.layouts.follower)),
  `--host=${node.address}`,
  `--port=${layout.port}`,
  '--execute',
  `SELECT ${identityExpression(work.dialect)}`,
];

/** A login from the follower's own machine, as the OS user whose server will tail. */
export const tryLogin = async (work: Work, serving: Serving, signal: AbortSignal): Promise<LoginResult> => {
  const result = await work.nodes.follower.host.run(
    { argv: loginArgv(work, serving), as: work.layouts.follower.osUser, timeoutSeconds: 20 },
    { signal },
  );
  if (result.exitCode === 0) return { ok: true, identity: result.stdout.trim() };
  const reason = result.stderr.trim().split('\n').at(-1) || `exit code ${result.exitCode}`;
  return { ok: false, kind: kindOf(reason), reason };
};

const hints: Record<Refused['kind'], string> = {
  password:
    "The server sees the follower under the address in the message: set it as the follower's `address` in the fleet file; else run the same command again, which makes a new password.",
  unreachable:
    'Correct `address` or database.port of the server in the fleet file, or let the port through the firewall.',
  tls: 'Check TLS on the server, or database.tls of the follower in the fleet file.',
  other: "The server's log says more.",
};

/** Throws what a person needs to know where the login fails, or reaches another server. */
export const requireLogin = (work: Work, { node, facts, layout }: Serving, result: LoginResult): void => {
  const { follower } = work.nodes;
  const target = `${node.address}:${layout.port}`;
  if (!result.ok) {
    throw new ReplctlError({
      code: 'FAILED',
      node: follower.name,
      message: `${follower.name} cannot log in to ${node.name} (${target}) as ${work.account}: ${result.reason}`,
      hint: hints[result.kind],
      details: { kind: result.kind },
    });
  }
  const expected = identityOf(dialectOf(layout), facts);
  if (result.identity !== expected) {
    throw new ReplctlError({
      code: 'FAILED',
      node: follower.name,
      message: `${target}, reached from ${follower.name}, is another server (${result.identity}) than ${node.name} (${expected})`,
      hint: `Correct \`address\` of ${node.name} in the fleet file: it is what the other nodes use to reach its database.`,
    });
  }
};
