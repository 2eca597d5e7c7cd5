import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { allText, filesWith } from '../e2e/support/secrets.ts';
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

/** What is searched for passwords, besides the logs of the machines. */
export interface Told {
  readonly outputs: readonly Ended[];
  /** Every word of command lines and environments, of all machines. */
  readonly seen: string;
}

/** Where a secret lies that is in use: files of its owner's alone, which the contract suites look at. */
const rightful = /passfile|\.cnf$/;

export const expectNoSecrets = async (
  track: Track,
  secrets: ReadonlySet<string>,
  { outputs, seen }: Told,
): Promise<void> => {
  const kept = [track.replctl, track.elsewhere].map(({ stateDir }) => (existsSync(stateDir) ? allText(stateDir) : ''));
  const texts = new Map([
    ['a command line or environment', seen],
    ['what replctl said', outputs.map((ended) => `${told(ended)}${JSON.stringify(ended.events)}`).join('\n')],
    ["an operator's journal", kept.join('\n')],
  ]);
  for (const secret of secrets) {
    for (const [where, text] of texts) if (text.includes(secret)) throw new Error(`a password is in ${where}`);
    for (const machine of [track.leader, track.follower]) {
      const files = (await filesWith(machine, secret, track.logs)).filter((path) => !rightful.test(path));
      if (files.length > 0) throw new Error(`a password is in ${files.join(', ')} on ${machine.name}`);
    }
  }
};
