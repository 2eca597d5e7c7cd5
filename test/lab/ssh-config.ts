import type { Machine } from './machine.ts';

export interface SshConfigOptions {
  identityFile: string;
  knownHostsFile: string;
  /** Each machine with the name of the one it is reached through. */
  machines: readonly { machine: Machine; jump: string | undefined }[];
}

/** An OpenSSH configuration that knows this lab's machines by name and nothing of the user's own settings. */
export function sshConfig({ identityFile, knownHostsFile, machines }: SshConfigOptions): string {
  const hosts = machines.map(({ machine, jump }) =>
    [
      `Host ${machine.name}`,
      `  HostName ${machine.address}`,
      ...(jump === undefined ? [] : [`  ProxyJump ${jump}`]),
    ].join('\n'),
  );
  const everyone = [
    'Host *',
    '  User ops',
    `  IdentityFile ${identityFile}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${knownHostsFile}`,
    '  GlobalKnownHostsFile none',
    '  StrictHostKeyChecking yes',
    '  BatchMode yes',
    '  ConnectTimeout 10',
  ].join('\n');
  return `${[...hosts, everyone].join('\n\n')}\n`;
}
