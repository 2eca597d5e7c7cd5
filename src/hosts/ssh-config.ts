import { execFile } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

/** What OpenSSH's own configuration says about a host, `ssh -G`: Include, Match and tokens are done by the program that knows. */
export interface SshConfig {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** `none`, `SSH_AUTH_SOCK`, `$NAME` or a path; undefined: not set. */
  readonly identityAgent?: string | undefined;
  readonly proxyJump?: string | undefined;
  readonly proxyCommand?: string | undefined;
  readonly hostKeyAlias?: string | undefined;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly connectTimeoutSeconds?: number | undefined;
}

export const expandHome = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);

const unset = (value: string | undefined) => (value === undefined || value === 'none' ? undefined : value);
const words = (value: string | undefined) => (value ?? '').split(' ').filter((word) => word !== '' && word !== 'none');

export const parseSshConfig = (text: string): SshConfig => {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space);
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1)]);
  }
  const first = (key: string) => values.get(key)?.[0];
  const timeout = Number(unset(first('connecttimeout')));
  return {
    hostname: first('hostname') ?? '',
    port: Number(first('port') ?? 22),
    user: first('user') ?? userInfo().username,
    identityFiles: (values.get('identityfile') ?? []).filter((file) => file !== 'none').map(expandHome),
    certificateFiles: (values.get('certificatefile') ?? []).filter((file) => file !== 'none').map(expandHome),
    identitiesOnly: first('identitiesonly') === 'yes',
    identityAgent: first('identityagent'),
    proxyJump: unset(first('proxyjump')),
    proxyCommand: unset(first('proxycommand')),
    hostKeyAlias: unset(first('hostkeyalias')),
    userKnownHostsFiles: words(first('userknownhostsfile')).map(expandHome),
    globalKnownHostsFiles: words(first('globalknownhostsfile')).map(expandHome),
    connectTimeoutSeconds: timeout > 0 ? timeout : undefined,
  };
};

/** What OpenSSH would do with no configuration, for machines that have no `ssh`. */
const defaults = (host: string): SshConfig => {
  const own = (name: string) => join(homedir(), '.ssh', name);
  return {
    hostname: host,
    port: 22,
    user: userInfo().username,
    identityFiles: ['id_rsa', 'id_ecdsa', 'id_ed25519'].map(own),
    certificateFiles: [],
    identitiesOnly: false,
    userKnownHostsFiles: ['known_hosts', 'known_hosts2'].map(own),
    globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  };
};

export interface SshConfigQuery {
  readonly host: string;
  /** Given ones win, and `Match` blocks see them. */
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws the error of `ssh` where the user's configuration is broken. */
export const readSshConfig = async ({ host, user, port, signal }: SshConfigQuery): Promise<SshConfig> => {
  const login = user === undefined ? [] : ['-l', user];
  const at = port === undefined ? [] : ['-p', String(port)];
  const text = await new Promise<string | undefined>((resolve, reject) => {
    execFile('ssh', ['-G', ...login, ...at, '--', host], { signal, timeout: 10_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(undefined);
      else reject(new Error(stderr.trim() || error.message, { cause: error }));
    });
  });
  if (text !== undefined) return parseSshConfig(text);
  const config = defaults(host);
  return { ...config, user: user ?? config.user, port: port ?? config.port };
};
