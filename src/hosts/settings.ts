/** How to reach one node's machine: the fleet file's `ssh` section, defaults and overrides already merged. */
export interface HostSettings {
  /** The fleet file's name of the node. */
  readonly node: string;
  /** Name or address for SSH; a `Host` alias of the user's own SSH configuration works too. Unused with transport `local`. */
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** Absolute path. */
  readonly identityFile?: string | undefined;
  /** Absolute path. */
  readonly knownHostsFile?: string | undefined;
  readonly transport: 'auto' | 'ssh2' | 'openssh' | 'local';
  /** `[user@]host[:port]`, several separated by commas, as in OpenSSH's ProxyJump. */
  readonly jump?: string | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
}
