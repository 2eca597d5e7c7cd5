/** What an image is made of. Changing anything here gives the image a new key, and so a new build. */
export interface Recipe {
  suite: 'bookworm' | 'trixie' | 'sid';
  /** The image this one starts from; without it, debootstrap makes it. */
  from?: ImageName;
  packages: readonly string[];
  /** The major version whose cluster each machine gets; absent where no server is installed. */
  postgresql?: number;
  /** The server whose pristine data each machine gets a copy of. */
  mysql?: 'mysql' | 'mariadb';
}

export type ImageName =
  | 'bookworm-base'
  | 'trixie-base'
  | 'sid-base'
  | 'bookworm'
  | 'trixie'
  | 'sid'
  | 'trixie-repmgr'
  | 'bookworm-mariadb'
  | 'trixie-mariadb'
  | 'sid-mysql';

/** What a small Debian server has; `locales` because initdb takes its locale from the system. */
const server = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'openssh-server',
  'iproute2',
  'iputils-ping',
  'sudo',
  'procps',
  'perl-base',
  'locales',
];

const mariadb = ['mariadb-server', 'mariadb-backup'];

export const recipes: Readonly<Record<ImageName, Recipe>> = {
  'bookworm-base': { suite: 'bookworm', packages: server },
  'trixie-base': { suite: 'trixie', packages: server },
  'sid-base': { suite: 'sid', packages: server },
  bookworm: { suite: 'bookworm', from: 'bookworm-base', packages: ['postgresql'], postgresql: 15 },
  trixie: { suite: 'trixie', from: 'trixie-base', packages: ['postgresql'], postgresql: 17 },
  sid: { suite: 'sid', from: 'sid-base', packages: ['postgresql'], postgresql: 18 },
  'trixie-repmgr': { suite: 'trixie', from: 'trixie', packages: ['repmgr', 'postgresql-17-repmgr'], postgresql: 17 },
  'bookworm-mariadb': { suite: 'bookworm', from: 'bookworm-base', packages: mariadb, mysql: 'mariadb' },
  'trixie-mariadb': { suite: 'trixie', from: 'trixie-base', packages: mariadb, mysql: 'mariadb' },
  'sid-mysql': { suite: 'sid', from: 'sid-base', packages: ['mysql-server'], mysql: 'mysql' },
};

export const imageNames = Object.keys(recipes) as ImageName[];

export function isImageName(name: string): name is ImageName {
  return Object.hasOwn(recipes, name);
}
