import { betweenMarkers } from './between-markers.mjs';

const typeOf = (schema) => {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map((option) => `\`{${Object.keys(option.properties).join()}: …}\``).join(', ');
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'integer') return 'whole number';
  return 'text';
};

const rows = (schema, path) =>
  Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = [...path, key].join('.');
    const needed = schema.required?.includes(key) ? ' Required.' : '';
    const row = `| \`${name}\` | ${typeOf(value)} | ${value.description ?? ''}${needed} |`;
    // The two sections are listed once, at the top: in a node they take the same keys.
    const isNode = path.length > 0 && (key === 'ssh' || key === 'database');
    const inner = value.additionalProperties?.properties ? value.additionalProperties : value;
    const innerPath = inner === value ? [...path, key] : [...path, key, 'NODE'];
    return [row, ...(isNode ? [] : rows(inner, innerPath))];
  });

/** The page with its table of keys written anew from the JSON Schema. */
export const withFleetKeys = (page, schema) =>
  betweenMarkers(page, 'keys', ['', '| key | value | meaning |', '|---|---|---|', ...rows(schema, []), ''].join('\n'));
