import { masked } from '../../masked.ts';
import type { Dialect, Source } from './dialect.ts';
import { countOf, formatGtidSet, parseGtidSet, subtract } from './gtid-set.ts';
import { quoteLiteral } from './names.ts';

type Version = readonly [number, number, number];

const isAtLeast = (version: Version, ...wanted: Version): boolean => {
  const different = version.findIndex((part, at) => part !== wanted[at]);
  return different === -1 || version[different]! > wanted[different]!;
};

/** Without TLS caching_sha2_password asks for the server's key, which it then encrypts with; else the login fails (error 2061). */
const transport = (tls: Source['tls'], word: string): string => {
  if (tls === 'off') return `${word}_SSL = 0, GET_${word}_PUBLIC_KEY = 1`;
  return `${word}_SSL = 1, ${word}_SSL_VERIFY_SERVER_CERT = ${tls === 'verify-full' ? 1 : 0}`;
};

const startOf = ({ from }: Source, word: string): string =>
  from === 'gtid'
    ? `${word}_AUTO_POSITION = 1`
    : `${word}_AUTO_POSITION = 0, ${word}_LOG_FILE = ${quoteLiteral(from.file)}, ${word}_LOG_POS = ${from.position}`;

const activePlugins =
  "(SELECT COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'KEYRING' AND PLUGIN_STATUS = 'ACTIVE')";
/** Components came with 8.0.24, and the plugins went with 8.4. */
const activeComponents =
  "(SELECT COUNT(*) FROM performance_schema.keyring_component_status WHERE STATUS_KEY = 'Component_status' AND STATUS_VALUE = 'Active')";

/** MySQL 8.0 to 9.7. The words changed with 8.0.22 and 8.0.23, the old ones went with 8.4 (field/mysql.md, 3d). */
export const mysqlDialect = (version: Version): Dialect => {
  const saysReplica = isAtLeast(version, 8, 0, 22);
  const saysSource = isAtLeast(version, 8, 0, 23);
  const saysBinaryLog = isAtLeast(version, 8, 2, 0);
  const replica = saysReplica ? 'REPLICA' : 'SLAVE';
  const word = saysSource ? 'SOURCE' : 'MASTER';
  // The server's variables got their new names later than its statements.
  const variable = isAtLeast(version, 8, 0, 26) ? 'replica' : 'slave';
  return {
    flavour: 'mysql',
    showPosition: saysBinaryLog ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    showReplica: `SHOW ${replica} STATUS`,
    startReplica: `START ${replica}`,
    stopReplica: `STOP ${replica}`,
    resetReplica: `RESET ${replica} ALL`,
    resetHistory: saysBinaryLog ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER',
    history: '@@GLOBAL.gtid_executed',
    purged: '@@GLOBAL.gtid_purged',
    encryption: `SELECT (SELECT COUNT(*) FROM information_schema.INNODB_TABLESPACES WHERE ENCRYPTION = 'Y') AS encrypted, ${isAtLeast(version, 8, 0, 24) ? `${activeComponents} + ` : ''}${activePlugins} AS holders`,
    elsewhere:
      "SELECT PATH AS path FROM information_schema.INNODB_DATAFILES WHERE PATH LIKE '/%' OR PATH LIKE '../%' ORDER BY 1 LIMIT 100",
    filters:
      'SELECT LOWER(FILTER_NAME) AS name, FILTER_RULE AS value FROM performance_schema.replication_applier_global_filters ORDER BY 1',
    json: "SELECT DISTINCT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.COLUMNS WHERE DATA_TYPE = 'json' AND TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY 1",
    readOnly: ['read_only', 'super_read_only'],
    closesAdministrators: true,
    options: {
      skipStart: `skip_${variable}_start`,
      logUpdates: `log_${variable}_updates`,
      workers: `${variable}_parallel_workers`,
      netTimeout: `${variable}_net_timeout`,
      retentionSeconds: 'binlog_expire_logs_seconds',
    },
    // Its binlog and general log hold what the server makes of it, the hash.
    identified: (password) => masked`IDENTIFIED BY '${password}'`,
    changeSource: (source) => {
      const change = saysSource ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO';
      // A count of 0 means for ever: from 8.4 on ten attempts, a minute apart, were all (then the receiver stops).
      const patience = `${word}_CONNECT_RETRY = 5, ${word}_RETRY_COUNT = 0`;
      return masked`${change} ${word}_HOST = ${quoteLiteral(source.host)}, ${word}_PORT = ${String(source.port)}, ${word}_USER = ${quoteLiteral(source.user)}, ${word}_PASSWORD = '${source.password}', ${patience}, ${transport(source.tls, word)}, ${startOf(source, word)}`;
    },
    seedHistory: (history) => (history === '' ? [] : [`SET GLOBAL gtid_purged = ${quoteLiteral(history)}`]),
    missing: (wanted, reached) => countOf(subtract(parseGtidSet(wanted), parseGtidSet(reached))),
    errant: (follower, leader, writer) => {
      const only = [...subtract(parseGtidSet(follower), parseGtidSet(leader))];
      return formatGtidSet(new Map(only.filter(([who]) => who.split(':')[0] !== writer)));
    },
  };
};
