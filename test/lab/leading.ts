import { recipes, type ImageName } from './recipes.ts';

/** What a server needs to lead; a package's own listens to itself alone. */
export const leading = {
  postgresql: { listen_addresses: '*' },
  mysql: { 'bind-address': '0.0.0.0', gtid_mode: 'ON', enforce_gtid_consistency: 'ON' },
  mariadb: { 'bind-address': '0.0.0.0', server_id: 1, log_bin: 'binlog' },
} as const;

/** The same by image; nothing where there is no server. */
export const leadingOn = (image: ImageName): Readonly<Record<string, string | number>> => {
  const { mysql, postgresql } = recipes[image];
  if (mysql) return leading[mysql];
  return postgresql === undefined ? {} : leading.postgresql;
};
