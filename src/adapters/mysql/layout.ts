/** Where a MySQL or MariaDB server's parts lie on its machine, and how it is started there. Known without the server running. */
export interface Layout {
  readonly flavour: 'mysql' | 'mariadb';
  /** As the server's binary says: `9.7.4`, `10.11.14`. */
  readonly version: string;
  /** Absolute path of `mysqld` or `mariadbd`. */
  readonly server: string;
  /** Directory of the client programs (`mysql`, `mysqldump`; `mariadb`, `mariadb-dump`, `mariadb-backup`). */
  readonly clientDir: string;
  readonly dataDir: string;
  readonly socket: string;
  readonly port: number;
  /** OS user who owns the database files and under whom the server runs. */
  readonly osUser: string;
  /** OS user whom the server's socket authentication takes for the administrator: root where a package made the server, else its owner. */
  readonly adminUser: string;
  /** The database account that the administrator is, where the fleet file names none. */
  readonly sqlUser: string;
  /** What replctl keeps for the node on its machine: journal copies, lease, credentials. 0700, owned by `adminUser`. */
  readonly stateDir: string;
  /** Jobs that work on database files run as `osUser`, in a directory (0700) of theirs. */
  readonly jobsDir: string;
  /**
   * `systemd`: the unit, configured by files in `fragmentDir`, which is read last. `direct`: a server that somebody's own hand starts; `defaultsFile` is
   * what it was started with, or is to be made by us where there is none.
   */
  readonly control: 'systemd' | 'direct';
  readonly unit?: string;
  readonly fragmentDir?: string;
  /** Under `systemd`: the one that its unit names, in place of all others. */
  readonly defaultsFile?: string;
  /** How the groups of one of several servers end that read the same option files: `.two` of `[mysqld.two]`. */
  readonly groupSuffix?: string;
  /** Where the server writes its errors; absent: to the journal. */
  readonly errorLog?: string;
}

/** What a program of a packaged server's is told first, so that it reads the option files that the server reads. */
export const optionFlags = ({ defaultsFile, groupSuffix }: Layout): readonly string[] => [
  ...(defaultsFile === undefined ? [] : [`--defaults-file=${defaultsFile}`]),
  ...(groupSuffix === undefined ? [] : [`--defaults-group-suffix=${groupSuffix}`]),
];

export const majorOf = ({ version }: Pick<Layout, 'version'>): readonly [number, number, number] => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return [major, minor, patch];
};

/** Credentials for the upstream and the copy's source, on the follower: 0600, read by jobs. */
export const credentialsPath = ({ jobsDir }: Pick<Layout, 'jobsDir'>): string => `${jobsDir}/replication.cnf`;
export const copyCredentialsPath = ({ jobsDir }: Pick<Layout, 'jobsDir'>): string => `${jobsDir}/copy.cnf`;
