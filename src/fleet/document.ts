import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Complaint, FleetPath, Problem } from './problem.ts';

export interface FleetDocument {
  readonly value: unknown;
  /** Puts line and column to a complaint. */
  locate(complaint: Complaint): Problem;
}

const offsetOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0];

/** Offsets of the last key on the path and of its value; where the path leaves the file, of the last place that is in it. */
const place = (document: Document, path: FleetPath): { key: number; value: number } => {
  let node: unknown = document.contents;
  let found = { key: offsetOf(node) ?? 0, value: offsetOf(node) ?? 0 };
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(part));
      if (!pair) return found;
      const key = offsetOf(pair.key) ?? found.value;
      found = { key, value: offsetOf(pair.value) ?? key };
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      const value = offsetOf(node) ?? found.value;
      found = { key: value, value };
    } else return found;
  }
  return found;
};

/** Reads YAML and keeps the positions. Syntax errors and keys that appear twice come back as problems, all of them. */
export const parseFleetDocument = (text: string): FleetDocument | { readonly problems: readonly Problem[] } => {
  const lineCounter = new LineCounter();
  // Pretty errors would quote the line, and a line may hold what its writer wrongly put there: a password.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, logLevel: 'error' });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => ({
        ...at(error.pos[0]),
        message: error.code === 'DUPLICATE_KEY' ? 'this key appears twice' : `not YAML: ${error.message}`,
      })),
    };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without an anchor, or so many of them that they are an attack.
    return { problems: [{ line: 1, column: 1, message: `not YAML: ${(error as Error).message}` }] };
  }
  return {
    value,
    locate: ({ path, at: where, message }) => ({ ...at(place(document, path)[where]), message }),
  };
};
