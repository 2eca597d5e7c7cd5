import { ReplctlError } from '../errors.ts';

const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `500ms`, `1s`, `5m`, `1h`, `2d` → seconds; undefined for anything else. */
export const durationOf = (text: string): number | undefined => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return number === undefined || unit === undefined ? undefined : Number(number) * seconds[unit]!;
};

export const parseDuration = (text: string): number => {
  const duration = durationOf(text);
  if (duration !== undefined && duration > 0) return duration;
  throw new ReplctlError({
    code: 'USAGE',
    message: `"${text}" is not a duration.`,
    hint: 'Write a number and a unit: 30s, 5m, 1h.',
  });
};
