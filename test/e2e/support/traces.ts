import type { Machine } from '../../lab/machine.ts';
import type { Server } from './server.ts';

/** All that a run could change on a server that it only serves from; two such texts are the same where nothing was changed. */
export const fingerprint = async (machine: Machine, server: Server): Promise<string> => {
  const catalog = await server.sql(`
    SELECT rolname, rolcanlogin, rolreplication, rolpassword, shobj_description(oid, 'pg_authid') FROM pg_authid ORDER BY 1;
    SELECT slot_name, slot_type FROM pg_replication_slots ORDER BY 1;
    SELECT name, setting FROM pg_settings WHERE name <> 'transaction_read_only' ORDER BY 1;
    SELECT datname, datacl FROM pg_database ORDER BY 1;
    SELECT * FROM pg_db_role_setting ORDER BY 1, 2;
    SELECT pg_postmaster_start_time(), pg_conf_load_time();`);
  const [hba, data] = (await server.sql("SHOW hba_file; SELECT current_setting('data_directory')")).split('\n');
  const files = await machine.ok([
    'sh',
    '-c',
    'stat -c "%n %i %s %Y %a %U" "$1" "$2" "$2"/postgresql.auto.conf; cat "$1"; ls -A "$(dirname "$1")"',
    'files',
    hba!,
    data!,
  ]);
  return `${catalog}\n${files}`;
};

export interface Left {
  readonly slots: readonly string[];
  readonly roles: readonly string[];
  readonly senders: number;
  readonly hbaBlocks: number;
}

/** What of replctl's is on a server that others follow. */
export const leftOnUpstream = async (machine: Machine, server: Server): Promise<Left> => {
  const list = async (query: string) => (await server.sql(query)).split('\n').filter(Boolean);
  const hba = await machine.ok(['cat', await server.sql('SHOW hba_file')]);
  return {
    slots: await list("SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE 'replctl%' ORDER BY 1"),
    roles: await list("SELECT rolname FROM pg_roles WHERE rolname LIKE 'replctl%' ORDER BY 1"),
    senders: Number(await server.sql('SELECT count(*) FROM pg_stat_replication')),
    hbaBlocks: hba.split('\n').filter((line) => /replctl_\w/.test(line) && !line.startsWith('#')).length,
  };
};

/** Staging, what was set aside, jobs and processes of runs, on a follower's machine. Paths, and command lines of processes. */
export const leftOnFollower = async (machine: Machine) => {
  const find = async (what: string) => (await machine.ok(what)).split('\n').filter(Boolean);
  return {
    aside: await find(
      "find /var/lib/postgresql /srv \\( -name '*.replctl-aside-*' -o -path '*/.replctl-r-*/aside' \\) -prune -print",
    ),
    staging: await find(
      "find /var/lib/postgresql /srv \\( -name '*.replctl-r-*' -o -path '*/.replctl-r-*/staged' \\) -prune -print",
    ),
    jobs: await find("find /var/lib/postgresql/.replctl -path '*/jobs/*' -type d 2>/dev/null || true"),
    processes: await find('ps -eo args= | grep -E "[p]g_basebackup|[p]g_verifybackup|[r]eplctl-job" || true'),
  };
};

/** How many copies were begun on a server with `log_replication_commands`, as its log says. */
export const backupsTaken = async (machine: Machine): Promise<number> =>
  Number(
    await machine.ok('cat /var/log/postgresql/*.log | grep -c "received replication command: BASE_BACKUP" || true'),
  );
