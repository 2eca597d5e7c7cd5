import { ReplctlError } from '../errors.ts';

const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** `512kB`, `16MB` (powers of 1000, as replctl shows sizes) and `16MiB` (of 1024) → bytes; undefined for anything else. */
export const sizeOf = (text: string): number | undefined => {
  const [, number, prefix, binary] = /^(\d+(?:\.\d+)?)([kmgt]?)(i?)b$/i.exec(text) ?? [];
  if (number === undefined || prefix === undefined) return undefined;
  return Math.round(Number(number) * (binary ? 1024 : 1000) ** powers[prefix.toLowerCase()]!);
};

/** `50MB/s`, or `50MB` → bytes per second. */
export const parseRate = (text: string): number => {
  const rate = sizeOf(text.replace(/\/s$/, ''));
  if (rate !== undefined && rate > 0) return rate;
  throw new ReplctlError({
    code: 'USAGE',
    message: `"${text}" is not a rate.`,
    hint: 'Write a size a second: 500kB/s, 50MB/s.',
  });
};
