import { readFileSync } from 'node:fs';

/**
 * A file of `templates/` with its `{{names}}` filled in. A value with a line break would start a line of its own: only the
 * names in `blocks` may have one.
 */
export const renderTemplate = (
  path: string,
  values: Readonly<Record<string, string>>,
  blocks: readonly string[] = [],
): string =>
  readFileSync(new URL(`../../templates/${path}`, import.meta.url), 'utf8').replaceAll(
    /\{\{(\w+)\}\}/g,
    (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new TypeError(`templates/${path} wants a value for ${name}`);
      if (!blocks.includes(name) && /[\r\n]/.test(value))
        throw new RangeError(`The value of ${name} holds a line break`);
      return value;
    },
  );
