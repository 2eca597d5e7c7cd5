import { expectSame, expectSound } from './expectations.ts';
import { residue } from './residue.ts';
import type { Steps } from './cases.ts';
import type { Track } from './track.ts';

/** How things are before a run, and after runs that nobody disturbed: all others are held against it. */
export interface Known {
  readonly steps: Steps;
  /** Before anything was done. */
  readonly pristine: string;
  /** With a follower. */
  readonly sound: string;
  /** After that was removed. */
  readonly removed: string;
  /** What `residue` tells where there was no run yet. */
  readonly residue: readonly string[];
  readonly seconds: number;
  /** Bytes that the follower was sent. */
  readonly bytes: number;
}

/** Bytes that the follower was sent since it was booted. */
export const received = async ({ follower }: Track): Promise<number> =>
  Number(await follower.ok('cat /sys/class/net/eth0/statistics/rx_bytes'));

interface Taken {
  readonly steps: readonly { readonly id: string }[];
}

const idsOf = ({ steps }: Taken): readonly string[] => steps.map(({ id }) => id);

export const undisturbed = async (track: Track): Promise<Known> => {
  const [pristine, nothing] = [await track.state(), await residue(track)];
  const [began, before] = [Date.now(), await received(track)];
  const added = await track.replctl.ok<Taken>(track.add);
  const [seconds, bytes] = [(Date.now() - began) / 1000, (await received(track)) - before];
  const sound = await track.state();
  await expectSound(track, sound);
  const taken = await track.replctl.ok<Taken>(track.remove);
  const removed = await track.state();
  await track.makePristine();
  expectSame('remove-follower left something', await track.state(), pristine);
  return {
    steps: { 'add-follower': idsOf(added), 'remove-follower': idsOf(taken) },
    pristine,
    sound,
    removed,
    residue: nothing,
    seconds,
    bytes,
  };
};
