import type { z } from 'zod';
import { didYouMean } from './nearest.ts';
import type { Complaint, FleetPath } from './problem.ts';
import { fleetFileSchema, fleetJsonSchema, type FleetFile } from './schema.ts';

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'text (put numbers in quotes)',
  number: 'a number',
  int: 'a whole number',
  object: 'a mapping (key: value)',
  record: 'a mapping (name: …)',
  array: 'a list',
};

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
}

/** The keys that may stand at a path, by the schema itself. */
const keysAt = (path: FleetPath): readonly string[] => {
  let schema: JsonSchema | undefined = fleetJsonSchema() as JsonSchema;
  for (const part of path) schema = schema?.properties?.[part] ?? (schema?.additionalProperties || undefined);
  return Object.keys(schema?.properties ?? {});
};

const section = (path: FleetPath): string => (path.length === 0 ? 'the fleet file' : path.join('.'));
const lastKey = (path: FleetPath): string => String(path.at(-1) ?? 'the fleet file');
const isMissing = (value: unknown, path: FleetPath): boolean => {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return true;
    current = (current as Record<string | number, unknown>)[part];
  }
  return false;
};

const complaintsOf = (issue: Issue, value: unknown): readonly Complaint[] => {
  const path = issue.path as FleetPath;
  const wrong = (message: string): readonly Complaint[] => [
    { path, at: 'value', message: `${lastKey(path)} ${message}` },
  ];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      at: 'key',
      message: `${section(path)} has no key "${key}"${didYouMean(key, known) || `; it takes ${known.join(', ')}`}`,
    }));
  }
  if (isMissing(value, path)) {
    return [{ path: path.slice(0, -1), at: 'key', message: `${section(path.slice(0, -1))} needs "${lastKey(path)}"` }];
  }
  // The values of a secret are never repeated: what stands there may be the secret itself.
  if (issue.code === 'invalid_union') {
    return wrong('must be one of { env: NAME }, { file: PATH } and { command: [PROGRAM, ARGUMENT, …] }');
  }
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'key', message: `the name "${lastKey(path)}" ${issue.issues[0]?.message ?? 'is not valid'}` }];
  }
  if (issue.code === 'invalid_type') return wrong(`must be ${kinds[issue.expected] ?? issue.expected}`);
  if (issue.code === 'invalid_value') return wrong(`must be ${issue.values.map(String).join(', ')}`);
  return wrong(issue.message);
};

/** The file's content as the schema has it, or everything that is wrong with it. */
export const checkShape = (value: unknown): { file: FleetFile } | { complaints: readonly Complaint[] } => {
  const parsed = fleetFileSchema.safeParse(value);
  if (parsed.success) return { file: parsed.data };
  return { complaints: parsed.error.issues.flatMap((issue) => complaintsOf(issue, value)) };
};
