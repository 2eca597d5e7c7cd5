/**
 * Everything that one SQL session can tell, as one JSON document in one round trip. `to_jsonb(row)` where columns differ between versions 13 to 18.
 */
export const settingNames = [
  'archive_command',
  'archive_mode',
  'block_size',
  'cluster_name',
  'config_file',
  'data_checksums',
  'data_directory',
  'full_page_writes',
  'hba_file',
  'hot_standby',
  'ident_file',
  'idle_replication_slot_timeout',
  'integer_datetimes',
  'listen_addresses',
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_slot_wal_keep_size',
  'max_wal_senders',
  'max_wal_size',
  'max_worker_processes',
  'port',
  'primary_conninfo',
  'primary_slot_name',
  'ssl',
  'synchronous_standby_names',
  'transaction_read_only',
  'unix_socket_directories',
  'wal_level',
  'wal_segment_size',
  'wal_block_size',
] as const;

export type SettingName = (typeof settingNames)[number];

const rows = (select: string) => `coalesce((SELECT jsonb_agg(to_jsonb(x)) FROM (${select}) x), '[]')`;

/** What `status` needs: cheap on the busiest server. */
const light = `
  'version', current_setting('server_version'),
  'versionNumber', current_setting('server_version_num')::int,
  'inRecovery', pg_is_in_recovery(),
  'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
  'checkpointTimeline', (SELECT timeline_id FROM pg_control_checkpoint()),
  'now', extract(epoch FROM clock_timestamp()),
  'settings', (SELECT jsonb_object_agg(name, jsonb_build_object('value', setting, 'unit', unit, 'source', source)) FROM pg_settings WHERE name = ANY ($1)),
  'lsn', CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_lsn()::text END,
  'timelineFile', CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END,
  'receiveLsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()::text END,
  'replayLsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END,
  'replayPaused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
  'lastReplay', CASE WHEN pg_is_in_recovery() THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END,
  'slots', ${rows(`SELECT s.*, CASE WHEN s.restart_lsn IS NULL THEN NULL WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), s.restart_lsn) ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) END::bigint AS retained FROM pg_replication_slots s`)},
  'senders', ${rows(`SELECT pid, usename, application_name, client_addr::text, client_port, state, sent_lsn, replay_lsn, sync_state, extract(epoch FROM replay_lag) AS replay_lag FROM pg_stat_replication`)},
  'receiver', (SELECT to_jsonb(r) - 'conninfo' FROM pg_stat_wal_receiver r WHERE pid IS NOT NULL)`;

const full = `${light},
  'databases', ${rows(`SELECT d.datname AS name, pg_database_size(d.oid)::bigint AS bytes, d.oid >= 16384 AS user_made, d.datallowconn AS connectable, to_jsonb(d)->>'datlocprovider' AS provider, d.datcollate AS collate, coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') AS locale, to_jsonb(d)->>'datcollversion' AS version FROM pg_database d`)},
  'tablespaces', ${rows(`SELECT oid::bigint AS oid, spcname AS name, pg_tablespace_location(oid) AS path, pg_tablespace_size(oid)::bigint AS bytes FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')`)},
  'clusterBytes', (SELECT sum(pg_tablespace_size(oid))::bigint FROM pg_tablespace),
  'userRoles', (SELECT count(*)::int FROM pg_roles WHERE oid >= 16384),
  'userObjects', (SELECT (SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relpersistence <> 't') + (SELECT count(*) FROM pg_proc WHERE oid >= 16384) + (SELECT count(*) FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_(toast_)?temp_') + (SELECT count(*) FROM pg_type WHERE oid >= 16384) + (SELECT count(*) FROM pg_largeobject_metadata))::int,
  'ourRoles', ${rows(`SELECT rolname AS name, shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname LIKE 'replctl\\_%'`)},
  'hbaErrors', ${rows(`SELECT line_number AS line, error FROM pg_hba_file_rules WHERE error IS NOT NULL`)},
  'hbaUnloaded', (SELECT (pg_stat_file(current_setting('hba_file'))).modification > pg_conf_load_time()),
  'zstd', (SELECT setting LIKE '%--with-zstd%' FROM pg_config WHERE name = 'CONFIGURE')`;

export const lightQuery = `SELECT jsonb_build_object(${light}) AS facts`;
export const fullQuery = `SELECT jsonb_build_object(${full}) AS facts`;

/**
 * Collations of the session's database that indexes are sorted by, other than the database's own: those too come from the operating system's libraries. C and
 * POSIX compare bytes.
 */
export const collationsQuery = `SELECT DISTINCT c.collprovider::text AS provider, c.collname::text AS name, current_database()::text AS database
  FROM pg_attribute a JOIN pg_class i ON i.oid = a.attrelid JOIN pg_collation c ON c.oid = a.attcollation
  WHERE i.relkind IN ('i', 'I') AND i.oid >= 16384 AND c.collprovider IN ('c', 'i') AND coalesce(c.collcollate, '') !~* '^(C|POSIX)([.]|$)' ORDER BY 1, 2`;

/** Objects that somebody made in the database of the session; nothing but the package's own in a pristine one. */
export const userObjectsQuery = `SELECT ((SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relpersistence <> 't') + (SELECT count(*) FROM pg_proc WHERE oid >= 16384) + (SELECT count(*) FROM pg_namespace WHERE oid >= 16384) + (SELECT count(*) FROM pg_type WHERE oid >= 16384))::int AS count`;
