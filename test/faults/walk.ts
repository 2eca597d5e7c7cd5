import { interleaved, titleOf, type Case, type Steps } from './cases.ts';
import type { Line } from './line.ts';
import { undisturbed, type Known } from './known.ts';
import { survive } from './survive.ts';
import type { Standing, Track } from './track.ts';

const lineOf = async (track: Track, known: Known, one: Case, now: Standing): Promise<[Line, Standing]> => {
  const began = Date.now();
  const shared = { track: track.title, title: titleOf(one) };
  try {
    const { leaves, ...outcome } = await survive(track, known, one, now);
    return [{ ...shared, survived: true, ...outcome }, leaves];
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    const seconds = (Date.now() - began) / 1000;
    return [{ ...shared, survived: false, how: failure.split('\n')[0]!, seconds, ratio: null, failure }, 'pristine'];
  }
};

/** Walks the cases, one after the other. After one that failed the machines are made anew: nobody knows what is left on them. */
export const walk = async (
  open: () => Promise<Track>,
  choose: (steps: Steps) => Promise<readonly Case[]>,
  tell: (line: Line) => void,
): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  let track = await open();
  try {
    let known = await undisturbed(track);
    let standing: Standing = 'pristine';
    const cases = interleaved(await choose(known.steps));
    for (const [at, one] of cases.entries()) {
      const [line, leaves] = await lineOf(track, known, one, standing);
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
  return lines;
};
