import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { told, type Ended, type Replctl, type Running } from '../e2e/support/replctl.ts';
import type { Case } from './cases.ts';

/** Milliseconds that any command may take before it is said to hang. */
const limit = 420_000;

/** To its end; one that hangs is killed, and thrown. */
export const bounded = async (running: Running, what: string): Promise<Ended> => {
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    running.kill('SIGKILL');
  }, limit);
  const ended = await running.ended;
  clearTimeout(timer);
  if (hung) throw new Error(`${what} hangs: ${told(ended)}`);
  return ended;
};

export const isDone = (ended: Ended): boolean => ended.exitCode === 0;

/** Until the moment has come, or the run has passed it by. */
export const reach = async (running: Running, { step, when }: Case): Promise<void> => {
  // One that has nothing to do is only skipped.
  const begun = ['step-started', 'step-skipped'];
  const of = { before: begun, inside: begun, after: ['step-done', 'step-skipped'] }[when];
  await running.event((event) => 'step' in event && event.step === step && of.includes(event.event));
  if (when !== 'inside') return;
  // Long steps say something; short ones are met a moment later.
  await Promise.race([
    running.event((event) => event.event === 'step-progress' && event.step === step),
    sleep(150),
  ]).catch(() => undefined);
};

/** As a power cut leaves it: the last line of the newest journal ends in its midst. */
export const tear = (replctl: Replctl): void => {
  const runs = join(replctl.stateDir, 'runs');
  const journals = readdirSync(runs).map((run) => join(runs, run, 'journal.ndjson'));
  const newest = journals.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!;
  const text = readFileSync(newest);
  truncateSync(newest, text.lastIndexOf(0x0a, text.length - 2) + 1 + 7);
};

/** The run's beginnings did not hold, and it took itself back (exit 3). */
export const isUndone = (ended: Ended): boolean =>
  // One that was killed said nothing.
  ended.stdout !== '' && !ended.json.ok && ended.json.error.details['undone'] === true;

/** It was killed as it ended, and what it did is known: there is nothing to go on with, or to take back. */
export const wasDone = ({ json }: Ended): boolean =>
  !json.ok && json.error.code === 'RUN_NOT_FOUND' && json.error.details['state'] === 'done';

/** What will not get better by itself. */
export class Refusal extends Error {
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(told(ended));
    this.ended = ended;
  }
}

export interface Going {
  readonly args: readonly string[];
  /** What one gives who hears that there is no such run: one that had not touched the host yet is known to nobody else. */
  readonly otherwise?: readonly string[] | undefined;
  /** In words, what every attempt came to. */
  readonly said: string[];
}

/** Goes on until it is done: a cut may need a second try, a lease that its owner can no longer give back a minute. */
export const goOn = async (operator: Replctl, { args, otherwise, said }: Going): Promise<readonly Ended[]> => {
  const all: Ended[] = [];
  for (let attempt = 1; ; attempt++) {
    const ended = await bounded(operator.start(args), args.join(' '));
    all.push(ended);
    const warned = [...new Set(ended.json.warnings.map(({ code }) => code))].filter((code) => /ANEW/.test(code));
    if (warned.length > 0) said.push(`${args[0]}: ${warned.join(', ')}`);
    if (isDone(ended)) return all;
    const error = ended.json.ok ? undefined : ended.json.error;
    said.push(`${args[0]}: exit ${ended.exitCode} ${error?.code ?? ''}`);
    if (error?.code === 'RUN_NOT_FOUND' && otherwise)
      return [...all, ...(await goOn(operator, { args: otherwise, said }))];
    if (wasDone(ended)) return all;
    if (error?.retryable === false || isUndone(ended)) throw new Refusal(ended);
    if (attempt === 5) throw new Error(`it cannot be gone on with: ${told(ended)}`);
    if ((error?.hint ?? '').length < 8) throw new Error(`no advice: ${told(ended)}`);
    const left = Number(error?.details['expiresIn'] ?? 2);
    await sleep((left + 1) * 1000);
  }
};
