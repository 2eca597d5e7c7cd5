import { ReplctlError } from '../errors.ts';
import { durationOf } from './duration.ts';
import { sizeOf } from './size.ts';

export type MaxLag = { readonly bytes: number } | { readonly seconds: number };

/** `1s` or `16MB`: how far behind a follower may be and still count as caught up. */
export const parseMaxLag = (text: string): MaxLag => {
  const seconds = durationOf(text);
  if (seconds !== undefined) return { seconds };
  const bytes = sizeOf(text);
  if (bytes !== undefined) return { bytes };
  throw new ReplctlError({
    code: 'USAGE',
    message: `"${text}" is neither a duration nor a size.`,
    hint: 'Write a time (1s) or an amount of log (16MB).',
  });
};
