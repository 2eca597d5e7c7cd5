/** Names that a schema may have, though few would expect it. What both engines accept. */
export const oddNames: readonly string[] = [
  "it's",
  'say "so"',
  'back`tick',
  'semi;colon -- and comment',
  '$(touch /tmp/owned)',
  '`touch /tmp/owned`',
  '--all-databases',
  '-e',
  'with space',
  'tab\there',
  'line\nbreak',
  'percent%s%n',
  'back\\slash',
  'slash/in/it',
  'dot.in.it',
  'ünïcödé',
  '日本語',
  'кириллица',
  'UPPER and lower',
  '#hash',
  '*?[a-z]',
  '{braces}',
  '&& ls |',
  '<tag>',
  '~',
  '1234',
  'select',
  'null',
  'NULL too',
  "''",
];

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Fifty schemas with a table, a view and a routine of the same name each; a name's own characters are among its rows. */
export const oddSchemas = (): string => {
  const names = [...oddNames, ...Array.from({ length: 50 - oddNames.length }, (_, n) => `shard ${n}`)];
  const literal = (name: string) => `'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  const statements = names.flatMap((name) => [
    `CREATE DATABASE ${quoted(name)}`,
    `CREATE TABLE ${quoted(name)}.${quoted(name)} (id int PRIMARY KEY, ${quoted(`${name}.c`)} varchar(100), KEY ${quoted(name)} (${quoted(`${name}.c`)}))`,
    `INSERT INTO ${quoted(name)}.${quoted(name)} VALUES (1, ${literal(name)}), (2, NULL)`,
    `CREATE VIEW ${quoted(name)}.${quoted(`${name} view`)} AS SELECT * FROM ${quoted(name)}.${quoted(name)}`,
    `CREATE FUNCTION ${quoted(name)}.${quoted(name)}() RETURNS int DETERMINISTIC RETURN 1`,
  ]);
  return `SET NAMES utf8mb4; SET SESSION sql_mode = '';\n${statements.join(';\n')};\n`;
};
