import type { Machine } from '../../lab/machine.ts';
import { quote } from '../../lab/shell.ts';
import type { Server } from './server.ts';

/** Gives the machine's cluster a log directory outside its data directory, as an operator does it. */
export const moveLogAway = async (machine: Machine, to: string): Promise<void> => {
  const { dataDirectory } = machine.postgres;
  await machine.postgres.stop();
  await machine.ok(
    `install -d -o postgres -m 700 ${to}; mv ${dataDirectory}/pg_wal ${to}/pg_wal; ln -s ${to}/pg_wal ${dataDirectory}/pg_wal`,
  );
  await machine.postgres.start();
};

export const tablespacesOf = async (server: Server): Promise<Readonly<Record<string, string>>> =>
  JSON.parse(
    await server.sql(
      "SELECT json_object_agg(spcname, pg_tablespace_location(oid)) FROM pg_tablespace WHERE spcname !~ '^pg_'",
    ),
  ) as Record<string, string>;

/** Starts the server of the machine's cluster on another data directory, on a port of its own; returns what the statement gives there. */
export const dataStarts = async (machine: Machine, dataDirectory: string, statement: string): Promise<string> => {
  const { binDirectory, configDirectory } = machine.postgres;
  const settings = [
    `config_file=${configDirectory}/postgresql.conf`,
    `data_directory=${dataDirectory}`,
    'unix_socket_directories=/tmp',
    'external_pid_file=/tmp/aside.pid',
    'listen_addresses=',
    'port=5499',
  ];
  const options = quote(settings.map((setting) => `-c ${quote(setting)}`).join(' '));
  const at = quote(dataDirectory);
  return (
    await machine.ok(
      `cd /tmp; ${binDirectory}/pg_ctl -D ${at} -l /tmp/aside.log -o ${options} start >/dev/null || { cat /tmp/aside.log; exit 1; }
      psql -X -q -At -v ON_ERROR_STOP=1 -h /tmp -p 5499 -d postgres
      ${binDirectory}/pg_ctl -D ${at} -m fast stop >/dev/null`,
      { user: 'postgres', input: statement },
    )
  ).trim();
};
