/** Where a PostgreSQL cluster's parts lie on its machine, and how it is started there. Known without the server running. */
export interface Layout {
  /** `debian`: `/etc/postgresql/V/NAME`, configuration outside the data directory. `plain`: configuration inside it. */
  readonly kind: 'debian' | 'plain';
  readonly major: number;
  /** Debian's cluster name (`main`); absent on a plain layout. */
  readonly cluster?: string;
  readonly binDir: string;
  readonly dataDir: string;
  /** Directory that holds `postgresql.conf`. */
  readonly configDir: string;
  readonly port: number;
  readonly socketDir: string;
  /** OS user who owns the database files. */
  readonly osUser: string;
  /** Home of that user: what replctl keeps on the machine lies under it. */
  readonly home: string;
  readonly control: 'systemd' | 'pg_ctlcluster' | 'pg_ctl';
  /** systemd unit, with `control: systemd`. */
  readonly unit?: string;
}

/** What replctl keeps for a node on its machine: journal copies, lease, jobs, password file. 0700, owned by the server's OS user. */
export const stateDirectory = (layout: Pick<Layout, 'home'>, fleet: string, node: string): string =>
  `${layout.home}/.replctl/${fleet}.${node}`;

export const passfilePath = (layout: Pick<Layout, 'home'>, fleet: string, node: string): string =>
  `${stateDirectory(layout, fleet, node)}/passfile`;
