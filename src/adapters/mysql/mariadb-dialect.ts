import { createHash } from 'node:crypto';
import { masked, Masked, reveal, type Text } from '../../masked.ts';
import type { Dialect, Source } from './dialect.ts';
import { parseGtidPosition, sequencesBehind } from './gtid-position.ts';
import { quoteLiteral } from './names.ts';

const transport = (tls: Source['tls']): string =>
  tls === 'off'
    ? 'MASTER_SSL = 0, MASTER_SSL_VERIFY_SERVER_CERT = 0'
    : `MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = ${tls === 'verify-full' ? 1 : 0}`;

const startOf = ({ from }: Source): string =>
  from === 'gtid'
    ? 'MASTER_USE_GTID = slave_pos'
    : `MASTER_USE_GTID = no, MASTER_LOG_FILE = ${quoteLiteral(from.file)}, MASTER_LOG_POS = ${from.position}`;

/** What the follower has of a domain beyond the leader, as `domain-server-sequence`. */
const beyond = (follower: string, leader: string, writer?: string): string => {
  const known = parseGtidPosition(leader);
  return [...parseGtidPosition(follower)]
    .filter(
      ([domain, { server, sequence }]) => sequence > (known.get(domain)?.sequence ?? 0n) && `${server}` !== writer,
    )
    .map(([domain, { server, sequence }]) => `${domain}-${server}-${sequence}`)
    .join(',');
};

/** What `PASSWORD()` makes of it. */
const hashed = (password: Text): Masked => {
  const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();
  return new Masked(
    `*${sha1(sha1(reveal(password)))
      .toString('hex')
      .toUpperCase()}`,
  );
};

/** MariaDB 10.5 to 11.8: one set of words for all. */
export const mariadbDialect = (_version: readonly [number, number, number]): Dialect => ({
  flavour: 'mariadb',
  showPosition: 'SHOW MASTER STATUS',
  showReplica: 'SHOW ALL SLAVES STATUS',
  startReplica: 'START SLAVE',
  stopReplica: 'STOP SLAVE',
  resetReplica: 'RESET SLAVE ALL',
  resetHistory: 'RESET MASTER',
  history: '@@GLOBAL.gtid_current_pos',
  purged: "''",
  encryption:
    "SELECT (SELECT COUNT(*) FROM information_schema.INNODB_TABLESPACES_ENCRYPTION WHERE ENCRYPTION_SCHEME <> 0) AS encrypted, (SELECT COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'ENCRYPTION' AND PLUGIN_STATUS = 'ACTIVE') AS holders",
  transactionHistory:
    "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.COLUMNS WHERE GENERATION_EXPRESSION = 'ROW START' AND DATA_TYPE = 'bigint' ORDER BY 1",
  readOnly: ['read_only'],
  closesAdministrators: false,
  options: {
    skipStart: 'skip_slave_start',
    logUpdates: 'log_slave_updates',
    workers: 'slave_parallel_threads',
    netTimeout: 'slave_net_timeout',
    retentionSeconds: 'binlog_expire_logs_seconds',
  },
  // The binlog and the general log hold the statement as it was sent (seen on 10.11 and 11.8): so the hash is sent.
  identified: (password) => masked`IDENTIFIED VIA mysql_native_password USING '${hashed(password)}'`,
  changeSource: (source) =>
    masked`CHANGE MASTER TO MASTER_HOST = ${quoteLiteral(source.host)}, MASTER_PORT = ${String(source.port)}, MASTER_USER = ${quoteLiteral(source.user)}, MASTER_PASSWORD = '${source.password}', MASTER_CONNECT_RETRY = 5, ${transport(source.tls)}, ${startOf(source)}`,
  seedHistory: (history) => [`SET GLOBAL gtid_slave_pos = ${quoteLiteral(history)}`],
  missing: (wanted, reached) => sequencesBehind(parseGtidPosition(wanted), parseGtidPosition(reached)),
  errant: beyond,
});
