import { ReplctlError } from '../errors.ts';
import type { Transport } from './channel.ts';
import { chooseTransport } from './choose-transport.ts';
import { shakeHands } from './handshake.ts';
import type { Host, RunOptions } from './host.ts';
import { resolveRoute } from './route.ts';
import type { HostSettings } from './settings.ts';
import { TransportHost } from './transport-host.ts';

export interface ConnectOptions extends RunOptions {
  /** For SSH_AUTH_SOCK, PATH and HOME; default: this process's. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

const open = async (settings: HostSettings, options: ConnectOptions): Promise<Transport> => {
  const { signal, environment = process.env } = options;
  if (settings.transport === 'local') {
    const { openLocal } = await import('./local-transport.ts');
    return openLocal(settings.node, environment);
  }
  // Most connections need it, and it is read while `ssh -G` runs.
  if (settings.transport !== 'openssh')
    import('./ssh2-transport.ts').then(async ({ loadSsh2 }) => loadSsh2()).catch(() => {});
  const route = await resolveRoute(settings, { signal, environment });
  const kind = settings.transport === 'auto' ? await chooseTransport(route) : settings.transport;
  if (kind === 'ssh2') {
    const { openSsh2 } = await import('./ssh2-transport.ts');
    return openSsh2(route, signal);
  }
  const { openOpenssh } = await import('./openssh-transport.ts');
  return openOpenssh({ settings, route, environment, signal });
};

const handshakeSeconds = 20;

/**
 * One connection to a node, its host keys verified on every hop and its shell tried out. Commands share it.
 * Throws HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED or AUTHENTICATION_FAILED, naming node, address and user.
 */
export const connectHost = async (settings: HostSettings, options: ConnectOptions = {}): Promise<Host> => {
  const { signal } = options;
  signal?.throwIfAborted();
  const transport = await open(settings, options);
  const giveUp = () => void transport.close();
  signal?.addEventListener('abort', giveUp, { once: true });
  let impatient: NodeJS.Timeout | undefined;
  try {
    const tooSlow = new Promise<never>((_resolve, reject) => {
      const seconds = settings.connectTimeoutSeconds ?? handshakeSeconds;
      const { node } = settings;
      const late = () =>
        reject(
          new ReplctlError({
            code: 'HOST_UNREACHABLE',
            node,
            message: `The first command on ${node} did not answer in ${seconds} s`,
            hint: `Does something in the login shell's start-up files wait? Try: ssh ${settings.host ?? ''} true`,
            retryable: true,
          }),
        );
      impatient = setTimeout(late, seconds * 1000);
    });
    const handshake = await Promise.race([shakeHands(transport, settings.node), tooSlow]);
    return new TransportHost(settings.node, transport, handshake);
  } catch (error) {
    await transport.close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(impatient);
    signal?.removeEventListener('abort', giveUp);
  }
};
