import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../e2e/support/replctl.ts';
import type { Track } from './track.ts';

/** What happens to the machines, the network or the process while a run goes on. Returns when it is over, or has come to stay: `mend` ends it. */
export interface Blow {
  readonly name: string;
  strike(track: Track, running: Running): Promise<void>;
  mend?(track: Track): Promise<void>;
}

const short = 20_000;

export const blows: readonly Blow[] = [
  {
    name: 'the follower cut off for 20 s',
    strike: async ({ follower }) => {
      await follower.cut();
      await sleep(short);
      await follower.mend();
    },
  },
  {
    name: 'the follower cut off for good',
    strike: async ({ follower }, running) => {
      await follower.cut();
      await running.ended;
    },
    mend: ({ follower }) => follower.mend(),
  },
  {
    name: 'the leader cut off for 20 s',
    strike: async ({ leader }) => {
      await leader.cut();
      await sleep(short);
      await leader.mend();
    },
  },
  {
    name: 'leader and follower apart for 20 s',
    strike: async ({ leader, follower }) => {
      await leader.cutFrom(follower);
      await sleep(short);
      await leader.mendFrom(follower);
    },
  },
  {
    name: "the follower's sshd killed",
    strike: async ({ follower }) => {
      await follower.ok("pkill -KILL -x 'sshd|sshd-session'; systemctl reset-failed ssh; systemctl restart ssh");
    },
  },
  { name: "the leader's server restarted", strike: (track) => track.restartLeader() },
  { name: "the leader's server crashed", strike: (track) => track.crashLeader() },
  {
    name: 'a power cut of the follower',
    strike: async ({ follower }) => {
      await follower.powerCut();
      await follower.powerOn();
    },
  },
  {
    name: 'a power cut of the leader',
    strike: async ({ leader }) => {
      await leader.powerCut();
      await leader.powerOn();
    },
  },
  {
    name: 'replctl suspended for 75 s',
    strike: async (_, running) => {
      running.kill('SIGSTOP');
      // Past its lease, which is good for a minute.
      await sleep(75_000);
      running.kill('SIGCONT');
    },
  },
];

export const blowNamed = (name: string): Blow => {
  const fault = blows.find((blow) => blow.name === name);
  if (fault) return fault;
  return { name, strike: async (_, running) => running.kill(name as NodeJS.Signals) };
};
