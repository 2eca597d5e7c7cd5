/** No borders; two spaces between columns. */
const none = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'].map((at) => [
    at,
    '',
  ]),
);
const inner = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };

/** Aligned columns, one line a row, nothing at the ends of lines; a column that is empty in every row is left out. */
export const columns = async (
  rows: readonly (readonly string[])[],
  head: readonly string[] = [],
): Promise<string[]> => {
  const { default: Table } = await import('cli-table3');
  const count = Math.max(head.length, ...rows.map((row) => row.length));
  const used = Array.from({ length: count }, (_, at) => at).filter((at) => rows.some((row) => (row[at] ?? '') !== ''));
  const pick = (row: readonly string[]): string[] => used.map((at) => row[at] ?? '');
  const style = { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true };
  const table = new Table({ chars: { ...none, ...inner }, style, head: [] });
  table.push(...(head.length === 0 ? rows : [head, ...rows]).map(pick));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
};
