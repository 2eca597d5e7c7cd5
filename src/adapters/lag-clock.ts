/**
 * Seconds of lag by our own clock, from the leader's positions as they were seen: how long ago was the leader where the follower is now?
 * It needs no agreement of the machines' clocks and is 0 on an idle leader. Before enough was seen it says at least as much as it knows.
 * `hasReached`: has a follower at the first position all that the leader had at the second?
 */
export const createLagClock = <Position>(
  hasReached: (follower: Position, leader: Position) => boolean,
  now: () => number = Date.now,
) => {
  let samples: { at: number; leader: Position }[] = [];
  return {
    add: (leader: Position, follower: Position): number => {
      const at = now();
      samples.push({ at, leader });
      const behind = samples.findIndex((sample) => !hasReached(follower, sample.leader));
      if (behind === -1) {
        samples = samples.slice(-1);
        return 0;
      }
      // The last position that was reached stays: the first one that was not came after it.
      samples = samples.slice(Math.max(0, behind - 1));
      const first = samples.find((sample) => !hasReached(follower, sample.leader))!;
      return (at - first.at) / 1000;
    },
  };
};
