/** `postgresql.auto.conf`: read, reviewed for another machine, written. Pure. Later lines win, as in the server. */
export type Settings = ReadonlyMap<string, string>;

const line = /^\s*([A-Za-z_][\w.]*)\s*(?:=|\s)\s*(?:'((?:[^'\\]|''|\\.)*)'|([^\s#']+))\s*(?:#.*)?$/;

export const parseAutoConf = (content: string): Settings => {
  const settings = new Map<string, string>();
  for (const text of content.split('\n')) {
    const match = line.exec(text);
    if (!match) continue;
    const name = match[1]!.toLowerCase();
    settings.delete(name);
    settings.set(name, match[3] ?? match[2]!.replaceAll("''", "'").replace(/\\(['\\])/g, '$1'));
  }
  return settings;
};

/** A newline in a value would start a line of its own; the server refuses such values in ALTER SYSTEM, and so do we. */
const quoteValue = (name: string, value: string): string => {
  if (/[\r\n\0]/.test(value)) throw new RangeError(`The value of ${name} holds a line break`);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
};

export const renderAutoConf = (settings: Settings): string =>
  [...settings].map(([name, value]) => `${name} = ${quoteValue(name, value)}`).join('\n');

/** Settings that belong to a machine or to its place in the topology: never carried from one node to another. */
export const belongsToMachine = (name: string): boolean =>
  machineSettings.has(name) || name.startsWith('recovery_target') || /^ssl_.*_(file|dir)$/.test(name);

const machineSettings = new Set([
  'archive_command',
  'archive_library',
  'archive_mode',
  'archive_cleanup_command',
  'bonjour_name',
  'cluster_name',
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'krb_server_keyfile',
  'listen_addresses',
  'log_directory',
  'log_filename',
  'port',
  'primary_conninfo',
  'primary_slot_name',
  'promote_trigger_file',
  'recovery_end_command',
  'recovery_min_apply_delay',
  'restore_command',
  'ssl',
  'stats_temp_directory',
  'synchronous_standby_names',
  'synchronized_standby_slots',
  'unix_socket_directories',
  'unix_socket_group',
]);
