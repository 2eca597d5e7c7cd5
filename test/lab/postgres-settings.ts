export type PostgresSettings = Readonly<Record<string, string | number | boolean>>;

/** Quoted as both ALTER SYSTEM and the configuration file read it. */
export function settingLine([name, value]: readonly [string, string | number | boolean]): string {
  return `${name} = '${String(value).replaceAll("'", "''")}'`;
}
