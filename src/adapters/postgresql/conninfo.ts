/** One libpq connection string; every value quoted, since addresses, paths and names may hold anything. */
export const conninfo = (parameters: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}='${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`)
    .join(' ');

/** Reads keyword='value' pairs, quoted or bare. Unknown forms (a URI) give an empty record. */
export const parseConninfo = (text: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(?!')((?:[^\s\\]|\\.)*))/gsy;
  for (let match = pair.exec(text); match; match = pair.exec(text)) {
    found[match[1]!] = (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1');
  }
  return found;
};

/** One line of a libpq password file. */
export const passfileLine = (parts: readonly string[]): string =>
  parts.map((part) => (part === '*' ? part : part.replace(/[\\:]/g, '\\$&'))).join(':');
