import { release, type ClaimPlace, type Whose } from '../../claims.ts';
import type { Place } from './ask.ts';

/** Something of a server that runs change for as long as they last, and that the last of them puts back. */
export interface Claimed {
  readonly name: string;
  /** What is there now. */
  readonly look: (place: Place, signal: AbortSignal) => Promise<string>;
  /** `original`: as it was before the first of them. */
  readonly restore: (place: Place, original: string, signal: AbortSignal) => Promise<void>;
}

export const claimOn = ({ node, layout }: Place, name: string): ClaimPlace => ({
  host: node.host,
  as: layout.adminUser,
  directory: layout.stateDir,
  name,
});

export const giveBack = async (
  { name, look, restore }: Claimed,
  place: Place,
  whose: Whose,
  signal: AbortSignal,
): Promise<void> =>
  release(claimOn(place, name), whose, {
    signal,
    look: () => look(place, signal),
    restore: (original) => restore(place, original, signal),
  });
