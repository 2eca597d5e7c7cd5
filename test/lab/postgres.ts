import type { Machine } from './machine.ts';
import { settingLine, type PostgresSettings } from './postgres-settings.ts';

export interface SqlOptions {
  database?: string;
  /** The database role and OS user that runs it, by peer authentication. */
  user?: string;
  timeoutSeconds?: number;
}

/** A machine's cluster `main` of its distribution's version, as a Debian operator handles it. */
export class Postgres {
  readonly version: number;
  readonly #machine: Machine;

  constructor(machine: Machine, version: number) {
    this.#machine = machine;
    this.version = version;
  }

  get unit(): string {
    return `postgresql@${this.version}-main.service`;
  }

  get dataDirectory(): string {
    return `/var/lib/postgresql/${this.version}/main`;
  }

  get configDirectory(): string {
    return `/etc/postgresql/${this.version}/main`;
  }

  get binDirectory(): string {
    return `/usr/lib/postgresql/${this.version}/bin`;
  }

  /** Runs SQL, any number of statements, and returns psql's unaligned tuples without the last line's end. */
  async sql(statement: string, options: SqlOptions = {}): Promise<string> {
    const { database = 'postgres', user = 'postgres', timeoutSeconds = 300 } = options;
    const psql = ['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', database];
    const out = await this.#machine.ok(['env', 'PGCLIENTENCODING=UTF8', ...psql], {
      user,
      input: statement,
      timeoutSeconds,
    });
    return out.replace(/\n$/, '');
  }

  /** `ALTER SYSTEM` for each setting, then a restart, since some need one. */
  async set(settings: PostgresSettings): Promise<void> {
    const statements = Object.entries(settings).map((setting) => `ALTER SYSTEM SET ${settingLine(setting)};`);
    await this.sql(statements.join('\n'));
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

  async reload(): Promise<void> {
    await this.#machine.ok(['systemctl', 'reload', this.unit]);
  }

  async systemIdentifier(): Promise<string> {
    return this.sql('SELECT system_identifier FROM pg_control_system()');
  }

  /** The end of the server's log, for a test's failure message. */
  async log(lines = 50): Promise<string> {
    return this.#machine.ok(`tail -n ${lines} /var/log/postgresql/postgresql-${this.version}-main.log`);
  }
}
