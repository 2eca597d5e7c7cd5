import type { Watch } from '../e2e/support/secrets.ts';
import { interleaved, titleOf, type Case, type Steps } from './cases.ts';
import type { Line } from './line.ts';
import { undisturbed } from './known.ts';
import { survive, type Ground } from './survive.ts';
import type { Standing, Track } from './track.ts';

const lineOf = async (track: Track, ground: Ground, one: Case): Promise<[Line, Standing]> => {
  const began = Date.now();
  const shared = { track: track.title, title: titleOf(one) };
  try {
    const { leaves, ...outcome } = await survive(track, ground, one);
    return [{ ...shared, survived: true, ...outcome }, leaves];
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    const seconds = (Date.now() - began) / 1000;
    return [{ ...shared, survived: false, how: failure.split('\n')[0]!, seconds, ratio: null, failure }, 'pristine'];
  }
};

export interface Way {
  readonly choose: (steps: Steps) => Promise<readonly Case[]>;
  readonly tell: (line: Line) => void;
  /** Whether there is time for it. */
  readonly fits: (one: Case) => boolean;
  readonly watch: Watch;
}

export interface Walked {
  readonly lines: readonly Line[];
  /** Cases for which there was no time. */
  readonly leftOut: readonly string[];
}

/** Walks the cases, one after the other. After one that failed the machines are made anew: nobody knows what is left on them. */
export const walk = async (open: () => Promise<Track>, { choose, tell, fits, watch }: Way): Promise<Walked> => {
  const lines: Line[] = [];
  const leftOut: string[] = [];
  let track = await open();
  try {
    let known = await undisturbed(track);
    let standing: Standing = 'pristine';
    const cases = interleaved(await choose(known.steps));
    for (const [at, one] of cases.entries()) {
      if (!fits(one)) {
        leftOut.push(`${track.title} | ${titleOf(one)}`);
        continue;
      }
      const [line, leaves] = await lineOf(track, { known, now: standing, watch }, one);
      standing = leaves;
      lines.push(line);
      tell(line);
      if (line.survived || at === cases.length - 1) continue;
      await track.lab.destroy();
      track = await open();
      // Addresses and identities are others: what is known is asked anew.
      known = await undisturbed(track);
    }
  } finally {
    await track.lab.destroy();
  }
  return { lines, leftOut };
};
