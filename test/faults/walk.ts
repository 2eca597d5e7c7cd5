import type { Case } from './cases.ts';
import { titleOf } from './cases.ts';
import { survive, undisturbed, type Known } from './survive.ts';
import type { Track } from './track.ts';

export interface Line {
  readonly track: string;
  readonly title: string;
  readonly survived: boolean;
  /** One line: what happened. */
  readonly how: string;
  readonly seconds: number;
  readonly ratio: number | null;
  /** All that is known of a failure. */
  readonly failure?: string;
}

const lineOf = async (track: Track, known: Known, one: Case): Promise<Line> => {
  const began = Date.now();
  const shared = { track: track.title, title: titleOf(one) };
  try {
    return { ...shared, survived: true, ...(await survive(track, known, one)) };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    const seconds = (Date.now() - began) / 1000;
    return { ...shared, survived: false, how: failure.split('\n')[0]!, seconds, ratio: null, failure };
  }
};

/** Walks the cases, one after the other. After one that failed the machines are made anew: nobody knows what is left on them. */
export const walk = async (
  open: () => Promise<Track>,
  choose: (steps: readonly string[]) => readonly Case[],
  tell: (line: Line) => void,
): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  let track = await open();
  try {
    const known = await undisturbed(track);
    const cases = choose(known.steps);
    for (const [at, one] of cases.entries()) {
      const line = await lineOf(track, known, one);
      lines.push(line);
      tell(line);
      if (line.survived || at === cases.length - 1) continue;
      await track.lab.destroy();
      track = await open();
      // Addresses and identities are others: what is known is asked anew.
      Object.assign(known, await undisturbed(track));
    }
  } finally {
    await track.lab.destroy();
  }
  return lines;
};
