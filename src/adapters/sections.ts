/** The output of the survey script: `key<TAB>value…` lines, and blocks whose lines are indented by a tab below their key. */
export interface Sections {
  /** The last value of a key; empty where there is none. */
  value(key: string): string;
  /** The fields of every line of that key. */
  rows(key: string): readonly (readonly string[])[];
  block(key: string): string;
}

export const parseSections = (output: string): Sections => {
  const rows = new Map<string, string[][]>();
  const blocks = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of output.split('\n')) {
    if (line.startsWith('\t')) {
      current.push(line.slice(1));
      continue;
    }
    const [key, ...fields] = line.split('\t');
    if (!key) continue;
    if (fields.length === 0) {
      current = [];
      blocks.set(key, current);
    } else {
      rows.set(key, [...(rows.get(key) ?? []), fields]);
    }
  }
  return {
    value: (key) => rows.get(key)?.at(-1)?.join('\t') ?? '',
    rows: (key) => rows.get(key) ?? [],
    block: (key) => (blocks.get(key) ?? []).map((line) => `${line}\n`).join(''),
  };
};
