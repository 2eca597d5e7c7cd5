import { blows } from './blows.ts';
import { covering, coveringTogether, drawn, matrix, titleOf, type Case, type Ground, type Steps } from './cases.ts';
import { found } from './found.ts';

/** Which cases a track walks, once its steps are known. */
export type Choice = (track: string, steps: Steps) => Promise<readonly Case[]>;

export interface Wish {
  /** Each step, moment, blow and ending once on each track; `together`: on one track or another. */
  readonly extent: 'all' | 'few' | 'together';
  readonly random?: { readonly count: number; readonly seed: number } | undefined;
  /** Cases whose title has this text. */
  readonly only: string;
}

const faults = blows.map(({ name }) => name);

const asked = ({ random, only }: Wish, steps: Steps): readonly Case[] =>
  (random ? drawn(steps, faults, random) : matrix(steps, faults)).filter((one) => titleOf(one).includes(only));

const groundOf = (track: string, wish: Wish, steps: Steps): Ground => {
  // Together is for every change: what takes minutes in each of its cases is left to those who try a few on each track.
  const always = wish.extent === 'few' ? (found[track] ?? []).filter((one) => titleOf(one).includes(wish.only)) : [];
  return { cases: asked(wish, steps), always };
};

const isLong = ({ blow }: Case): boolean => blows.some((one) => one.name === blow && one.isLong);

/** Seconds that a case may take, on a machine that is not quick. */
export const expectedSeconds = (one: Case): number => (isLong(one) ? 240 : 90);

/** They wait for each other: what is left to one depends on all of them. */
const chooseTogether = (tracks: readonly string[], wish: Wish): Choice => {
  const known = new Map(tracks.map((track) => [track, Promise.withResolvers<Ground>()]));
  const all = Promise.all([...known.values()].map(({ promise }) => promise)).then(coveringTogether);
  return async (track, steps) => {
    known.get(track)!.resolve(groundOf(track, wish, steps));
    return (await all)[tracks.indexOf(track)]!.toSorted((one, other) => expectedSeconds(other) - expectedSeconds(one));
  };
};

export const choiceOf = (tracks: readonly string[], wish: Wish): Choice => {
  if (wish.extent === 'together') return chooseTogether(tracks, wish);
  return async (track, steps) => (wish.extent === 'few' ? covering(groundOf(track, wish, steps)) : asked(wish, steps));
};
