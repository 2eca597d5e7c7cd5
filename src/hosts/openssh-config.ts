import { ReplctlError } from '../errors.ts';
import type { HostSettings } from './settings.ts';
import { expandHome } from './ssh-config.ts';

const quoted = (path: string, what: string): string => {
  if (/["\n\r\\]/.test(path)) {
    throw new ReplctlError({
      code: 'FLEET_INVALID',
      message: `${what} ${JSON.stringify(path)} cannot be handed to OpenSSH`,
      hint: 'Give it a name without quotes, backslashes and newlines.',
    });
  }
  return `"${expandHome(path).replaceAll('%', '%%')}"`;
};

/**
 * OpenSSH's configuration for one connection. The first value found counts, so ours stand before the user's and the system's. A
 * file, because what is said on the command line is not handed on to the `ssh` that `-J` starts for a jump host, and `-F` is.
 */
export const opensshConfig = (settings: HostSettings, connectTimeoutSeconds: number): string =>
  [
    'Host *',
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    'NoHostAuthenticationForLocalhost no',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'ForwardAgent no',
    'ForwardX11 no',
    'PermitLocalCommand no',
    'ClearAllForwardings yes',
    'Tunnel no',
    'RequestTTY no',
    'RemoteCommand none',
    'EscapeChar none',
    'ControlMaster no',
    'ControlPath none',
    'ControlPersist no',
    'ForkAfterAuthentication no',
    'StdinNull no',
    'SessionType default',
    'ServerAliveInterval 6',
    'ServerAliveCountMax 3',
    `ConnectTimeout ${Math.ceil(connectTimeoutSeconds)}`,
    ...(settings.identityFile === undefined
      ? []
      : [`IdentityFile ${quoted(settings.identityFile, 'The key file')}`, 'IdentitiesOnly yes']),
    ...(settings.knownHostsFile === undefined
      ? []
      : [`UserKnownHostsFile ${quoted(settings.knownHostsFile, 'The known hosts file')}`]),
    'Include ~/.ssh/config',
    'Include /etc/ssh/ssh_config',
    '',
  ].join('\n');
