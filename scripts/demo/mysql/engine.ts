import type { Content } from '../compare.ts';
import type { Engine } from '../engine.ts';
import type { Server } from '../stage.ts';
import { database, sqlOf, type Flavour } from './sql.ts';
import { startWriter, writerArgv } from './writer.ts';

/** About 300 MB: each of the last statements doubles the rows. */
const doublings = 16;

const filling = `CREATE TABLE accounts (id int AUTO_INCREMENT PRIMARY KEY, branch int NOT NULL, balance int NOT NULL DEFAULT 0, filler char(84) NOT NULL, KEY by_branch (branch));
CREATE TABLE history (id bigint AUTO_INCREMENT PRIMARY KEY, account int NOT NULL, delta int NOT NULL, at timestamp(6) DEFAULT CURRENT_TIMESTAMP(6));
INSERT INTO accounts (branch, filler) VALUES ${Array.from({ length: 30 }, (_, n) => `(${n}, 'of branch ${n}')`).join(', ')};
${'INSERT INTO accounts (branch, filler) SELECT branch, filler FROM accounts;\n'.repeat(doublings)}`;

/** Sums over all values of all rows: the same in whatever order they are read. */
const contentQuery = (table: string, columns: readonly string[]): string =>
  `SELECT '${table}', COUNT(*), LPAD(LOWER(HEX(COALESCE(SUM(CRC32(CONCAT_WS('#', ${columns.join(', ')}))), 0) & 0xffffffffffff)), 12, '0') FROM ${table};`;

const tables: Readonly<Record<string, readonly string[]>> = {
  accounts: ['id', 'branch', 'balance', 'filler'],
  history: ['id', 'account', 'delta', 'at'],
};

export const mysqlEngine = (flavour: Flavour): Engine => {
  const sql = sqlOf(flavour);
  return {
    title: flavour === 'mysql' ? 'MySQL' : 'MariaDB',
    fill: [{ argv: [flavour, '-e', `CREATE DATABASE ${database}`] }, { argv: [flavour, database], input: filling }],
    size: async (leader, signal) => {
      const query = `SELECT CONCAT(ROUND(SUM(DATA_LENGTH + INDEX_LENGTH) / 1e6), ' MB') FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`;
      return sql(leader, query, signal);
    },
    writerArgv: writerArgv(flavour),
    startWriter: (leader, signal) => startWriter(flavour, leader, signal),
    end: async (leader, signal) =>
      (await sql(leader, flavour === 'mysql' ? 'SELECT @@gtid_executed' : 'SELECT @@gtid_binlog_pos', signal))
        .replaceAll('\\n', '')
        .replaceAll(/\s/g, ''),
    hasReached: async (follower, end, signal) => {
      const wait =
        flavour === 'mysql' ? `SELECT WAIT_FOR_EXECUTED_GTID_SET('${end}', 1)` : `SELECT MASTER_GTID_WAIT('${end}', 1)`;
      return (await sql(follower, wait, signal)) === '0';
    },
    contentOf: async (server: Server, signal: AbortSignal): Promise<readonly Content[]> => {
      const query = Object.entries(tables).map(([table, columns]) => contentQuery(table, columns));
      const lines = (await sql(server, `SET time_zone = '+00:00';\n${query.join('\n')}`, signal)).split('\n');
      return lines.map((line) => {
        const [table = '', rows, hash = ''] = line.split('\t');
        return { table, rows: Number(rows), hash };
      });
    },
    write: {
      // MariaDB's read_only holds back everybody but administrators: asked is an account that may only write.
      argv: [
        flavour,
        ...(flavour === 'mariadb' ? ['--user=shop_clerk', '--password=clerk'] : []),
        database,
        '-e',
        'INSERT INTO history (account, delta) VALUES (1, 0)',
      ],
      refused: /read-only/,
    },
  };
};
