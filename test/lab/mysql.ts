import type { Machine } from './machine.ts';
import { mysqlConfigDirectory, packageDataDirectory } from './mysql-data.ts';

export interface MysqlOptions {
  database?: string;
  timeoutSeconds?: number;
}

/** A machine's MySQL or MariaDB of its distribution, as a Debian operator handles it. */
export class Mysql {
  readonly flavour: 'mysql' | 'mariadb';
  readonly dataDirectory: string;
  readonly #machine: Machine;

  constructor(machine: Machine, flavour: 'mysql' | 'mariadb', dataDirectory: string = packageDataDirectory) {
    this.#machine = machine;
    this.flavour = flavour;
    this.dataDirectory = dataDirectory;
  }

  get unit(): string {
    return `${this.flavour}.service`;
  }

  get configDirectory(): string {
    return mysqlConfigDirectory[this.flavour];
  }

  /** Runs SQL, any number of statements, as the administrator through the socket; rows as lines, values apart by tabs, no header. */
  async sql(statement: string, { database, timeoutSeconds = 300 }: MysqlOptions = {}): Promise<string> {
    const argv = [this.flavour, '--batch', '--raw', '--skip-column-names', '--default-character-set=utf8mb4'];
    const out = await this.#machine.ok([...argv, ...(database === undefined ? [] : [database])], {
      input: statement,
      timeoutSeconds,
    });
    return out.replace(/\n$/, '');
  }

  /** Into an option file of their own, then a restart. */
  async set(settings: Readonly<Record<string, string | number | boolean>>): Promise<void> {
    const lines = ['[mysqld]', ...Object.entries(settings).map(([name, value]) => `${name} = ${String(value)}`), ''];
    await this.#machine.ok(['tee', '-a', `${this.configDirectory}/yz-lab.cnf`], { input: lines.join('\n') });
    await this.restart();
  }

  async start(): Promise<void> {
    await this.#machine.ok(['systemctl', 'start', this.unit]);
  }

  async stop(): Promise<void> {
    await this.#machine.ok(['systemctl', 'stop', this.unit]);
  }

  /** Returns when the server takes connections again. */
  async restart(): Promise<void> {
    await this.#machine.ok(['systemctl', 'restart', this.unit]);
  }

  /** What tells it from its sisters. */
  async identity(): Promise<string> {
    return this.sql(this.flavour === 'mysql' ? 'SELECT @@server_uuid' : 'SELECT @@hostname');
  }

  /** The end of the server's log, for a test's failure message. */
  async log(lines = 50): Promise<string> {
    const journal = `journalctl -u ${this.unit} -n ${lines} --no-pager || true`;
    return this.#machine.ok(
      `if [ -s /var/log/mysql/error.log ]; then tail -n ${lines} /var/log/mysql/error.log; else ${journal}; fi`,
    );
  }
}
