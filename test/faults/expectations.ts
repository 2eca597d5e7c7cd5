import { setTimeout as sleep } from 'node:timers/promises';
import { filesWith } from '../e2e/support/secrets.ts';
import { told, type Ended } from '../e2e/support/replctl.ts';
import type { Track } from './track.ts';

export const expectSame = (what: string, there: string, wanted: string): void => {
  if (there === wanted) return;
  const [a, b] = [there.split('\n'), wanted.split('\n')];
  const more = a.filter((line) => !b.includes(line)).map((line) => `+ ${line}`);
  const less = b.filter((line) => !a.includes(line)).map((line) => `- ${line}`);
  throw new Error(`${what}:\n${[...more, ...less].slice(0, 20).join('\n')}`);
};

/** Every row is there, and both machines are as an undisturbed run leaves them. */
export const expectSound = async (track: Track, sound: string): Promise<void> => {
  const differences = await track.differences();
  if (differences.length > 0) throw new Error(`the rows differ:\n${differences.slice(0, 10).join('\n')}`);
  // One whose leader was away connects anew by itself.
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && (await track.state()) !== sound) await sleep(500);
  expectSame('the follower is not as an undisturbed one', await track.state(), sound);
};

/** `seen`: every word of command lines and environments while it ran, by machine. */
export const expectNoSecrets = async (
  track: Track,
  outputs: readonly Ended[],
  seen: ReadonlyMap<string, string>,
): Promise<void> => {
  const secrets = await track.secrets();
  if (secrets.length === 0) throw new Error('no password was found to look for');
  for (const secret of secrets) {
    if (outputs.some((ended) => `${told(ended)}${JSON.stringify(ended.events)}`.includes(secret)))
      throw new Error('a password is in what replctl said');
    for (const [where, words] of seen)
      if (words.includes(secret)) throw new Error(`a password was in a command line or environment ${where}`);
    for (const machine of [track.leader, track.follower]) {
      const found = (await filesWith(machine, secret, track.logs)).filter(
        (path) => !/passfile|\.cnf$|\.replctl\/.*\/runs/.test(path),
      );
      if (found.length > 0) throw new Error(`a password is in ${found.join(', ')} on ${machine.name}`);
    }
  }
};
