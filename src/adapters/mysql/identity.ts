import type { Dialect } from './dialect.ts';
import { setting, type MysqlFacts } from './facts.ts';

/** An expression that tells one server from all others, for any account. MariaDB has no server_uuid: its machine, port and data directory do. */
export const identityExpression = ({ flavour }: Pick<Dialect, 'flavour'>): string =>
  flavour === 'mysql' ? '@@GLOBAL.server_uuid' : "CONCAT_WS('|', @@hostname, @@port, @@datadir, @@server_id)";

/** What the expression gives on the server whose facts these are. */
export const identityOf = ({ flavour }: Pick<Dialect, 'flavour'>, { server }: MysqlFacts): string =>
  flavour === 'mysql'
    ? setting(server, 'server_uuid')
    : (['hostname', 'port', 'datadir', 'server_id'] as const).map((name) => setting(server, name)).join('|');
