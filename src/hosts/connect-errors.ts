import { ReplctlError } from '../errors.ts';
import type { Hop } from './route.ts';

export const shownHop = ({ user, host, port }: Hop): string => `${user}@${host}:${port}`;

const through = ({ jump }: Hop) => (jump === undefined ? '' : ` through ${jump}`);

/** What people know these by; the system's own names help nobody. */
const inWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'timed out',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve just now',
};

export const unreachable = (hop: Hop, why: string, cause?: unknown): ReplctlError => {
  const { node, host, port } = hop;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const hint =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? `Does the name ${host} resolve here? Correct \`host\` of ${node} in the fleet file, or use its address.`
      : code === 'ECONNREFUSED'
        ? `Does sshd run on ${host}, and on port ${port}?`
        : `Is ${host} up, and does a firewall let port ${port} through?`;
  return new ReplctlError({
    code: 'HOST_UNREACHABLE',
    node,
    message: `${node} cannot be reached at ${shownHop(hop)}${through(hop)}: ${inWords[code] ?? why}`,
    hint,
    retryable: true,
    details: { host, port, user: hop.user },
    cause,
  });
};

/** Both transports and both limits, ssh's own and ours, say it in the same words. */
export const noLoginWithin = (seconds: number): string => `no login within ${seconds} s`;

/** What sshd says when a connection has as many sessions as it allows. */
export const tooManySessions = (node: string): ReplctlError =>
  new ReplctlError({
    code: 'HOST_UNREACHABLE',
    node,
    message: `sshd on ${node} opens no further session on the connection; the command was not run`,
    hint: `MaxSessions in its sshd_config must be 10 (the default) or more, not less.`,
    details: { sessionRefused: true },
  });

export interface AuthRefusal {
  readonly hop: Hop;
  readonly locked?: readonly string[];
  readonly offered?: number | undefined;
  readonly agentFailure?: string | undefined;
  readonly cause?: unknown;
}

export const authRefused = ({ hop, locked = [], offered, agentFailure, cause }: AuthRefusal): ReplctlError => {
  const { node, host, port, user } = hop;
  const base = { code: 'AUTHENTICATION_FAILED' as const, node, details: { host, port, user }, cause };
  const [key] = locked;
  if (key !== undefined) {
    return new ReplctlError({
      ...base,
      message: `${shownHop(hop)} (${node}) was not logged in to: the key ${key} has a passphrase, and no agent holds it`,
      hint: `Hand it to an agent: eval "$(ssh-agent)" && ssh-add ${key}`,
    });
  }
  if (offered === 0) {
    return new ReplctlError({
      ...base,
      message: `There is no key to log in to ${shownHop(hop)} (${node}) with: looked at ${hop.identityFiles.join(', ')}`,
      hint: `Set \`identityFile\`, or add a key to the agent${agentFailure === undefined ? '' : ` (which says: ${agentFailure})`}.`,
    });
  }
  return new ReplctlError({
    ...base,
    message: `${shownHop(hop)} (${node}) refuses the login: none of the keys offered is accepted`,
    hint: `Is the public key in ~${user}/.ssh/authorized_keys on ${host}? Try: ssh -p ${port} ${user}@${host} true`,
  });
};
