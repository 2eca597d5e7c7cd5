import { ReplctlError } from '../errors.ts';
import type { HostKeyQuery } from './host-key.ts';
import type { HostSettings } from './settings.ts';
import { expandHome, readSshConfig, type SshConfig } from './ssh-config.ts';

/** One SSH server on the way to a node, the node itself last. */
export interface Hop extends HostKeyQuery {
  readonly identityFiles: readonly string[];
  readonly certificateFiles: readonly string[];
  /** No other key of the agent is offered. */
  readonly identitiesOnly: boolean;
  /** The agent's socket. */
  readonly agent?: string | undefined;
  readonly proxyCommand?: string | undefined;
}

export interface Route {
  readonly hops: readonly Hop[];
  readonly connectTimeoutSeconds: number;
}

interface Address {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

export const parseJump = (text: string): Address[] =>
  text.split(',').map((part) => {
    const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(part.trim());
    const host = match?.[2] ?? match?.[3];
    if (!match || host === undefined || host.startsWith('-')) {
      throw new ReplctlError({
        code: 'FLEET_INVALID',
        message: `${JSON.stringify(part)} is no jump host`,
        hint: 'Write [user@]host[:port], several separated by commas.',
      });
    }
    return { host, user: match[1], port: match[4] === undefined ? undefined : Number(match[4]) };
  });

const agentSocket = (config: SshConfig, environment: NodeJS.ProcessEnv): string | undefined => {
  const named = config.identityAgent ?? 'SSH_AUTH_SOCK';
  if (named === 'none') return undefined;
  if (named === 'SSH_AUTH_SOCK') return environment['SSH_AUTH_SOCK'];
  return named.startsWith('$') ? environment[named.slice(1)] : expandHome(named);
};

const mostJumps = 8;
const defaultTimeoutSeconds = 20;

/** Where each hop really is and what to use there: the fleet file first, then the user's SSH configuration, then defaults. */
export const resolveRoute = async (
  settings: HostSettings,
  { signal, environment }: { readonly signal?: AbortSignal | undefined; readonly environment: NodeJS.ProcessEnv },
): Promise<Route> => {
  const { node } = settings;
  const read = async (address: Address) => {
    try {
      return await readSshConfig({ ...address, signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ReplctlError({
        code: 'HOST_UNREACHABLE',
        node,
        message: `The SSH configuration for ${address.host} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: `Try: ssh -G ${address.host}`,
        cause,
      });
    }
  };
  const hop = (config: SshConfig, jump: string | undefined): Hop => ({
    node,
    host: config.hostname,
    port: config.port,
    user: config.user,
    hostKeyAlias: config.hostKeyAlias,
    jump,
    files: [
      ...(settings.knownHostsFile === undefined ? config.userKnownHostsFiles : [expandHome(settings.knownHostsFile)]),
      ...config.globalKnownHostsFiles,
    ],
    identityFiles: settings.identityFile === undefined ? config.identityFiles : [expandHome(settings.identityFile)],
    certificateFiles: config.certificateFiles,
    identitiesOnly: settings.identityFile !== undefined || config.identitiesOnly,
    agent: agentSocket(config, environment),
    proxyCommand: config.proxyCommand,
  });
  const via = async (jump: string, depth: number): Promise<Hop[]> => {
    const addresses = parseJump(jump);
    const configs = await Promise.all(addresses.map(read));
    const [first] = configs;
    if (depth > mostJumps) {
      throw new ReplctlError({
        code: 'HOST_UNREACHABLE',
        node,
        message: `The jump hosts of ${node} go in a circle: ${jump}`,
      });
    }
    // Only the first of a list is reached by its own configured way; the others through the one before.
    const before = first?.proxyJump === undefined ? [] : await via(first.proxyJump, depth + 1);
    return [
      ...before,
      ...configs.map((config) =>
        hop({ ...config, proxyCommand: first === config ? config.proxyCommand : undefined }, undefined),
      ),
    ];
  };

  const { host, user, port } = settings;
  if (host === undefined || host === '' || host.startsWith('-')) {
    throw new ReplctlError({
      code: 'FLEET_INVALID',
      node,
      message: `${node} has no usable host: ${JSON.stringify(host ?? '')}`,
    });
  }
  const config = await read({ host, user, port });
  const jump = settings.jump ?? config.proxyJump;
  const before = jump === undefined ? [] : await via(jump, 1);
  const target = hop({ ...config, proxyCommand: jump === undefined ? config.proxyCommand : undefined }, jump);
  return {
    hops: [...before, target],
    connectTimeoutSeconds: settings.connectTimeoutSeconds ?? config.connectTimeoutSeconds ?? defaultTimeoutSeconds,
  };
};
