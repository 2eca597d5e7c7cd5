import { told, type Ended } from '../e2e/support/replctl.ts';
import type { Watch } from '../e2e/support/secrets.ts';
import { blowNamed, type Blow } from './blows.ts';
import { signals, type Case } from './cases.ts';
import { end } from './ending.ts';
import { expectNoSecrets, expectSame, expectSound } from './expectations.ts';
import { bounded, isDone, isUndone, reach } from './going-on.ts';
import { received, type Known } from './known.ts';
import { expectNoResidue } from './residue.ts';
import type { Standing, Track } from './track.ts';

export interface Outcome {
  /** In words: how often it was gone on with, and what it said. */
  readonly how: string;
  readonly seconds: number;
  /** Bytes that the follower was sent, of those of an undisturbed run; null for a removal, and where its counter began anew. */
  readonly ratio: number | null;
  readonly leaves: Standing;
}

/** Of a run of which nothing was disturbed but replctl: its copy goes on meanwhile, and is not made twice. What the writer adds comes on top. */
const mostBytes = 1.6;

/** Where a case begins. */
export interface Ground {
  readonly known: Known;
  readonly now: Standing;
  readonly watch: Watch;
}

/** A removed follower keeps its data, and is not made one again just so: whatever comes next begins with what was there first. */
const stand = async (track: Track, known: Known, command: Case['command'], now: Standing): Promise<void> => {
  if (now === 'removed' || (command === 'add-follower' && now !== 'pristine')) {
    await track.makePristine();
    expectSame('remove-follower left something', await track.state(), known.pristine);
  }
  if (command === 'remove-follower' && now !== 'follower') await track.replctl.ok(track.add);
};

/** While it lasts, nobody can go on; that is to be said in time, with a reason. */
const expectRefused = async (track: Track, { inPlace }: Blow, said: string[]): Promise<void> => {
  if (!inPlace) return;
  const ended = await bounded(track.replctl.start(['resume', '--node', 'follower']), 'resume while it lasts');
  said.push(`meanwhile: exit ${ended.exitCode}`);
  const error = ended.json.ok ? undefined : ended.json.error;
  if (!error || !inPlace.test(error.message) || (error.hint ?? '') === '')
    throw new Error(`resume does not say what is wrong: ${told(ended)}`);
};

/** Disturbs one run, ends it as the case wants, and holds it against what is known. Throws what is wrong. */
export const survive = async (track: Track, { known, now, watch }: Ground, wanted: Case): Promise<Outcome> => {
  const began = Date.now();
  const blow = blowNamed(wanted.blow);
  const args = wanted.command === 'add-follower' ? track.add : track.remove;
  await track.trim();
  await stand(track, known, wanted.command, now);
  await blow.prepare?.(track);
  const before = await received(track);
  const said: string[] = [];
  const outputs: Ended[] = [];
  const secrets = new Set<string>();
  const noteSecrets = async (): Promise<void> => (await track.secrets()).forEach((secret) => secrets.add(secret));
  let ends: 'done' | 'taken back' = 'done';
  let sent: number;
  try {
    const running = track.replctl.start(args);
    // Some blows last until it ends: the time counts from here.
    const ending = bounded(running, 'the run');
    ending.catch(() => undefined);
    await reach(running, wanted).catch(() => said.push('over before its moment'));
    await blow.strike(track, running);
    const first = await ending;
    outputs.push(first);
    said.push(`exit ${first.exitCode}`);
    if (!isDone(first) && !isUndone(first)) await expectRefused(track, blow, said);
    await blow.mend?.(track);
    // Who adds a follower starts its server, as long as there is a run; who removes one does not.
    if (wanted.command === 'remove-follower' || isDone(first)) await track.startFollower();
    await track.revive();
    sent = await received(track);
    await noteSecrets();
    ends = await end({ track, blow, wanted, args, said, outputs });
    if (ends === 'done') sent = await received(track);
  } finally {
    await blow.mend?.(track);
  }
  const ratio = wanted.command === 'add-follower' && sent >= before ? (sent - before) / known.bytes : null;
  const leaves = await expectEnd(track, known, wanted, ends);
  await noteSecrets();
  if (leaves === 'follower' && secrets.size === 0) throw new Error('no password was found to look for');
  await expectNoSecrets(track, secrets, { outputs, seen: await watch.words() });
  await expectNoResidue(track, known.residue);
  if (ends === 'done' && ratio !== null && ratio > mostBytes && (signals as readonly string[]).includes(wanted.blow))
    throw new Error(
      `the follower was sent ${ratio.toFixed(2)} times the bytes of an undisturbed run: ${said.join('; ')}`,
    );
  return { how: said.join('; '), seconds: (Date.now() - began) / 1000, ratio, leaves };
};

/** Where a removal was to be taken back it is only closed: what it took away is not made again, and the same command ends what it began. */
const expectEnd = async (
  track: Track,
  known: Known,
  { command }: Case,
  ends: 'done' | 'taken back',
): Promise<Standing> => {
  if (command === 'remove-follower') {
    if (ends === 'taken back') await track.replctl.ok(track.remove);
    expectSame('the removal left something', await track.state(), known.removed);
    return 'removed';
  }
  if (ends === 'taken back') {
    expectSame('abandon left something', await track.state(), known.pristine);
    return 'pristine';
  }
  await expectSound(track, known.sound);
  return 'follower';
};
