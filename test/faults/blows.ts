import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../e2e/support/replctl.ts';
import type { Track } from './track.ts';

/** What happens to the machines, the network or the process while a run goes on. Returns when it is over, or has come to stay: `mend` ends it. */
export interface Blow {
  readonly name: string;
  /** For the page in docs: what comes of it, and what there is to do. */
  readonly outcome: string;
  /** There may be no way on: then the run is refused with a message that has this in it, and taken back. */
  readonly refusal?: RegExp;
  /** It has come to stay: until it is mended `resume` is refused, with words like these. */
  readonly inPlace?: RegExp;
  /** It takes minutes: begun before the others, so that where time runs out what is under way is soon over. */
  readonly isLong?: true;
  /** Before the run. */
  prepare?(track: Track): Promise<void>;
  strike(track: Track, running: Running): Promise<void>;
  mend?(track: Track): Promise<void>;
}

const short = 20_000;

const apart = (time: string, milliseconds: number): Blow => ({
  ...(milliseconds > short ? { isLong: true } : {}),
  name: `leader and follower apart for ${time}`,
  outcome: 'The same: both answer replctl, but not each other. Tailing goes on by itself.',
  strike: async ({ leader, follower }) => {
    await leader.cutFrom(follower);
    await sleep(milliseconds);
    await leader.mendFrom(follower);
  },
});

const killSshd = "pkill -KILL -x 'sshd|sshd-session'; systemctl reset-failed ssh; systemctl restart ssh";

const filler = ({ disk }: Track): string => `${disk}/filler`;

export const blows: readonly Blow[] = [
  {
    name: 'the follower cut off for 20 s',
    outcome: 'The run waits, or ends with exit 4 and says that the host does not answer. Jobs go on. `resume`.',
    strike: async ({ follower }) => {
      await follower.cut();
      await sleep(short);
      await follower.mend();
    },
  },
  {
    name: 'the follower cut off for good',
    outcome: 'Exit 4 within a minute. What runs on the follower runs on; `resume` when it is back.',
    strike: async ({ follower }, running) => {
      await follower.cut();
      await running.ended;
    },
    mend: ({ follower }) => follower.mend(),
    inPlace: /follower/,
  },
  {
    name: 'the leader cut off for 20 s',
    outcome:
      'Steps that ask the leader end with exit 4; a copy stands still and goes on, or is cut off and begins anew. `resume`.',
    strike: async ({ leader }) => {
      await leader.cut();
      await sleep(short);
      await leader.mend();
    },
  },
  {
    name: 'the leader cut off for good',
    outcome:
      'Exit 4 as soon as a step needs the leader, and by a copy that gets no more bytes; `resume` when it is back.',
    strike: async ({ leader }, running) => {
      await leader.cut();
      await running.ended;
    },
    mend: ({ leader }) => leader.mend(),
    inPlace: /leader/,
  },
  apart('20 s', short),
  apart('3 min', 180_000),
  {
    name: "the follower's sshd killed",
    outcome: 'Exit 4, or nothing at all where the step was about to end. `resume`.',
    strike: async ({ follower }) => {
      await follower.ok(killSshd);
    },
  },
  {
    name: "the leader's sshd killed",
    outcome: 'The same; `mariabackup` comes over ssh, is cut off and begins anew, which the run says. `resume`.',
    strike: async ({ leader }) => {
      await leader.ok(killSshd);
    },
  },
  {
    name: "the leader's server restarted",
    outcome:
      'A copy is cut off and begins anew, which the run says; so does a dump, whose snapshot is gone. Tailing goes on by itself.',
    strike: (track) => track.restartLeader(),
  },
  {
    name: "the leader's server crashed",
    outcome: 'The same. Nothing that was committed is lost; what the crash takes from the leader was never sent.',
    strike: (track) => track.crashLeader(),
  },
  {
    name: 'a power cut of the follower',
    outcome:
      'Jobs are gone with it. `resume` sees what is whole on the disk, and takes up from there; no server starts on half a copy.',
    strike: async ({ follower }) => {
      await follower.powerCut();
      await follower.powerOn();
    },
  },
  {
    name: 'a power cut of the leader',
    outcome: 'As its crash; its settings that the run raised are put back at the end of the run.',
    strike: async ({ leader }) => {
      await leader.powerCut();
      await leader.powerOn();
    },
  },
  {
    name: 'the log gone that the follower needs',
    outcome:
      'A copy that has no use for it goes on. Else the run is refused: a log that is not there cannot be tailed. `abandon`, and begin again.',
    refusal: /slot|log|purged/i,
    strike: (track) => track.loseLog(),
  },
  {
    name: "the follower's disk full",
    outcome:
      "Exit 4 with the server's or the tool's own words, or a wait that says what it waits for. Make room, start a server that stopped for it before a removal goes on, and `resume`: a copy begins anew.",
    strike: async (track, running) => {
      await track.follower.ok(
        `fallocate -l "$(df --output=avail -B1 ${track.disk} | tail -n 1)" ${filler(track)} || :; dd if=/dev/zero bs=4k 2>/dev/null >>${filler(track)} || :`,
      );
      await Promise.race([running.ended, sleep(30_000)]);
    },
    // What lies in a data directory is set aside with it.
    mend: async (track) => {
      await track.follower.ok(`find ${track.disk} -xdev -name filler -delete`);
    },
  },
  {
    name: 'another node promoted, and the leader stopped',
    isLong: true,
    outcome:
      'Exit 4: the leader that the run knows does not run. Nobody else is followed in its stead: `resume` once it leads again, else `abandon`, which needs it to answer, or to be named with `--gone`.',
    prepare: (track) => track.haveOther(),
    strike: async (track, running) => {
      await track.stopLeader();
      await track.promoteOther();
      await running.ended;
    },
    inPlace: /leader/,
  },
  {
    name: 'replctl suspended for 2 min',
    isLong: true,
    outcome:
      'Its lease has run out meanwhile. Where nobody has taken that over, the run goes on; else it changes nothing any more, and says so (exit 6).',
    strike: async (_, running) => {
      running.kill('SIGSTOP');
      // Past its lease, which is good for a minute.
      await sleep(120_000);
      running.kill('SIGCONT');
    },
  },
];

export const blowNamed = (name: string): Blow => {
  const fault = blows.find((blow) => blow.name === name);
  if (fault) return fault;
  return { name, outcome: '', strike: async (_, running) => running.kill(name as NodeJS.Signals) };
};
