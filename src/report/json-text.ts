/** Invisible or obeyed by terminals, although JSON allows it in a string: C1 controls, format characters, line separators. */
const hidden = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

const unicodeEscape = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/**
 * JSON that is safe on a terminal and in a CI log, and means the same: what cannot be seen, and the `##` that begins a command to
 * Azure Pipelines, can only stand inside strings, and is written there as escapes.
 */
export const jsonText = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, undefined, indent) ?? 'null').replace(hidden, unicodeEscape).replaceAll('##', '#\\u0023');
