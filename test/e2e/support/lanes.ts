/** Work that takes turns on something that only one can use at a time. */
export interface Round<L> {
  readonly title: string;
  readonly run: (lane: L) => Promise<void>;
}

export interface Lanes {
  /** Settles as the round does; rejects where no lane was left for it. */
  outcome(title: string): Promise<void>;
  /** When all lanes have ended. */
  readonly over: Promise<void>;
}

/** Rounds in their order, each on the lane that is free first. A lane on which a round failed is not used any more: nobody knows what is left on it. */
export const startLanes = <L>(lanes: readonly L[], rounds: readonly Round<L>[]): Lanes => {
  const waiting = rounds.map((round) => ({ round, ...Promise.withResolvers<void>() }));
  const outcomes = new Map(waiting.map(({ round, promise }) => [round.title, promise]));
  // Whoever asks for it hears of it.
  for (const { promise } of waiting) promise.catch(() => undefined);
  const work = async (lane: L): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        await next.round.run(lane);
        next.resolve();
      } catch (error) {
        next.reject(error);
        return;
      }
    }
  };
  const over = (async () => {
    await Promise.all(lanes.map(work));
    for (const { round, reject } of waiting) reject(new Error(`no lane was left for: ${round.title}`));
  })();
  return {
    over,
    outcome: async (title) => {
      const outcome = outcomes.get(title);
      if (!outcome) throw new Error(`there is no such round: ${title}`);
      await outcome;
    },
  };
};
