import { parseLsn } from '../lsn.ts';

/**
 * Seconds of lag by our own clock, from the leader's positions as they were seen: how long ago was the leader where the follower is now?
 * It needs no agreement of the machines' clocks and is 0 on an idle leader. Before enough was seen it says at least as much as it knows.
 */
export const createLagClock = (now: () => number = Date.now) => {
  let samples: { at: number; lsn: bigint }[] = [];
  return {
    add: (leader: string, replayed: string): number => {
      const at = now();
      samples.push({ at, lsn: parseLsn(leader) });
      const reached = parseLsn(replayed);
      const behind = samples.findIndex(({ lsn }) => lsn > reached);
      if (behind === -1) {
        samples = samples.slice(-1);
        return 0;
      }
      // The last position that was reached stays: the first one that was not came after it.
      samples = samples.slice(Math.max(0, behind - 1));
      const first = samples.find(({ lsn }) => lsn > reached)!;
      return (at - first.at) / 1000;
    },
  };
};
