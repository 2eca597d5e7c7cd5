/** How to reach one node, as the fleet file says it. What is left out comes from the user's SSH configuration, then from defaults. */
export interface HostSettings {
  /** The fleet file's name of the node. */
  readonly node: string;
  /** Name or address that SSH goes to; also looked up in the user's SSH configuration. Not needed for `local`. */
  readonly host?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** `~/` is expanded. With it no other key is offered, from the agent neither. */
  readonly identityFile?: string | undefined;
  /** Replaces the user's known hosts files, on jump hosts too; the system's are still read. `~/` is expanded. */
  readonly knownHostsFile?: string | undefined;
  /** `auto`: `openssh` where only it can (certificate, hardware key, ProxyCommand), else `ssh2`. */
  readonly transport: 'auto' | 'ssh2' | 'openssh' | 'local';
  /** `[user@]host[:port]`, several separated by commas, nearest first: as `ssh -J`. */
  readonly jump?: string | undefined;
  /** For the connection and the first command together; default 20. */
  readonly connectTimeoutSeconds?: number | undefined;
}
