import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesWith } from '../e2e/support/secrets.ts';
import { told, type Ended, type Replctl, type Running } from '../e2e/support/replctl.ts';
import { blowNamed } from './blows.ts';
import type { Case } from './cases.ts';
import type { Track } from './track.ts';

/** What is there before a run, and after one that nobody disturbed. */
export interface Known {
  readonly steps: readonly string[];
  readonly pristine: string;
  readonly sound: string;
  readonly seconds: number;
  /** Bytes that the follower was sent. */
  readonly bytes: number;
}

export interface Outcome {
  /** In words: how often it was gone on with, and what it said. */
  readonly how: string;
  readonly seconds: number;
  /** Bytes that the follower was sent, of those of an undisturbed run; null where its counter began anew. */
  readonly ratio: number | null;
}

/** Milliseconds that any command may take before it is said to hang. */
const limit = 420_000;

export const received = async ({ follower }: Track): Promise<number> =>
  Number(await follower.ok('cat /sys/class/net/eth0/statistics/rx_bytes'));

const bounded = async (running: Running, what: string): Promise<Ended> => {
  const timer = setTimeout(() => running.kill('SIGKILL'), limit);
  const ended = await running.ended;
  clearTimeout(timer);
  if (ended.exitCode === 137 && ended.stdout === '' && what !== 'the run')
    throw new Error(`${what} hangs: ${told(ended)}`);
  return ended;
};

/** Until the moment has come, or the run has passed it by. */
const reach = async (running: Running, { step, when }: Case): Promise<void> => {
  const of = { before: ['step-started'], inside: ['step-started'], after: ['step-done', 'step-skipped'] }[when];
  await running.event((event) => 'step' in event && event.step === step && of.includes(event.event));
  if (when !== 'inside') return;
  // Long steps say something; short ones are met a moment later.
  await Promise.race([
    running.event((event) => event.event === 'step-progress' && event.step === step),
    sleep(150),
  ]).catch(() => undefined);
};

const tear = (replctl: Replctl): void => {
  const runs = join(replctl.stateDir, 'runs');
  const journals = readdirSync(runs).map((run) => join(runs, run, 'journal.ndjson'));
  const newest = journals.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!;
  const text = readFileSync(newest);
  truncateSync(newest, text.lastIndexOf(0x0a, text.length - 2) + 1 + 7);
};

const isDone = (ended: Ended): boolean => ended.exitCode === 0;

/** What will not get better by itself. */
class Refusal extends Error {}

/** Goes on until it is done: a cut may need a second try, a lease that its owner can no longer give back a minute. */
const goOn = async (
  operator: Replctl,
  args: readonly string[],
  said: string[],
  otherwise?: readonly string[],
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const ended = await bounded(operator.start(args), args.join(' '));
    if (isDone(ended)) return;
    const error = ended.json.ok ? undefined : ended.json.error;
    said.push(`${args[0]}: exit ${ended.exitCode} ${error?.code ?? ''}`);
    // A run that had not touched the host yet is known to nobody else: there it is begun anew.
    if (error?.code === 'RUN_NOT_FOUND' && otherwise) return goOn(operator, otherwise, said);
    if (error?.retryable === false) throw new Refusal(told(ended));
    if (attempt === 5) throw new Error(`it cannot be gone on with: ${told(ended)}`);
    if ((error?.hint ?? '').length < 8) throw new Error(`no advice: ${told(ended)}`);
    const left = Number(error?.details['expiresIn'] ?? 2);
    await sleep((left + 1) * 1000);
  }
};

const expectSame = (what: string, there: string, wanted: string): void => {
  if (there === wanted) return;
  const [a, b] = [there.split('\n'), wanted.split('\n')];
  const more = a.filter((line) => !b.includes(line)).map((line) => `+ ${line}`);
  const less = b.filter((line) => !a.includes(line)).map((line) => `- ${line}`);
  throw new Error(`${what}:\n${[...more, ...less].slice(0, 20).join('\n')}`);
};

const expectSound = async (track: Track, known: Known): Promise<void> => {
  const differences = await track.differences();
  if (differences.length > 0) throw new Error(`the rows differ:\n${differences.slice(0, 10).join('\n')}`);
  // One whose leader was away connects anew by itself.
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && (await track.state()) !== known.sound) await sleep(500);
  expectSame('the follower is not as an undisturbed one', await track.state(), known.sound);
};

const expectNoSecrets = async (track: Track, outputs: readonly Ended[]): Promise<void> => {
  for (const secret of await track.secrets()) {
    if (outputs.some((ended) => `${told(ended)}${JSON.stringify(ended.events)}`.includes(secret)))
      throw new Error('a password is in what replctl said');
    for (const machine of [track.leader, track.follower]) {
      const found = (await filesWith(machine, secret)).filter(
        (path) => !/passfile|\.cnf$|\.replctl\/.*\/runs/.test(path),
      );
      if (found.length > 0) throw new Error(`a password is in ${found.join(', ')} on ${machine.name}`);
    }
  }
};

/** Disturbs one run, ends it as the case wants, and holds it against what is known. Leaves the track as it was before. Throws what is wrong. */
export const survive = async (track: Track, known: Known, wanted: Case): Promise<Outcome> => {
  const began = Date.now();
  const before = await received(track);
  const blow = blowNamed(wanted.blow);
  const running = track.replctl.start(track.add);
  await reach(running, wanted).catch(() => undefined);
  await blow.strike(track, running);
  const first = await bounded(running, 'the run');
  await blow.mend?.(track);
  await track.revive();
  const said = [`exit ${first.exitCode}`];
  let sent = await received(track);
  const operator = wanted.ending === 'elsewhere' ? track.elsewhere : track.replctl;
  let abandons = wanted.ending === 'abandon' && !isDone(first);
  if (!abandons && !isDone(first)) {
    if (wanted.ending === 'torn') tear(track.replctl);
    try {
      const otherwise = wanted.ending === 'elsewhere' ? track.add : undefined;
      await goOn(operator, ['resume', '--node', 'follower'], said, otherwise);
    } catch (error) {
      if (!(error instanceof Refusal) || !blow.refusal?.test(error.message))
        throw new Error(`${error instanceof Error ? error.message : String(error)}\nthe run itself: ${told(first)}`, {
          cause: error,
        });
      abandons = true;
    }
    sent = await received(track);
  }
  if (abandons) {
    await goOn(operator, ['abandon', '--node', 'follower', '--yes'], said);
    expectSame('abandon left something', await track.state(), known.pristine);
  } else {
    await expectSound(track, known);
    await expectNoSecrets(track, [first]);
  }
  if (!abandons) {
    await track.makePristine();
    expectSame('remove-follower left something', await track.state(), known.pristine);
  }
  const ratio = sent >= before ? (sent - before) / known.bytes : null;
  return { how: said.join('; '), seconds: (Date.now() - began) / 1000, ratio };
};

/** One run that nobody disturbs: all others are held against it. */
export const undisturbed = async (track: Track): Promise<Known> => {
  const pristine = await track.state();
  const [began, before] = [Date.now(), await received(track)];
  const { steps } = await track.replctl.ok<{ steps: readonly { id: string }[] }>(track.add);
  const [seconds, bytes] = [(Date.now() - began) / 1000, (await received(track)) - before];
  const known = { steps: steps.map(({ id }) => id), pristine, sound: await track.state(), seconds, bytes };
  await expectSound(track, known);
  await track.makePristine();
  expectSame('remove-follower left something', await track.state(), pristine);
  return known;
};
