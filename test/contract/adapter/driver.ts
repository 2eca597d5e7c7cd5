import { expect } from 'vitest';
import type { Json } from '../../../src/workflow/json.ts';
import type { Probe, Step, StepContext } from '../../../src/workflow/step.ts';
import { within } from '../../../src/workflow/waiting.ts';
import { throughJson, type Look } from './ground.ts';

/** One attempt at a run, without journal and screen: what steps say is kept, and handed to those that ask for it. */
export interface Driver {
  probe(step: Step): Promise<Probe>;
  /** `probe`, and proof that it changed nothing. */
  look(step: Step): Promise<Probe>;
  /** Reads the intent first, the first time; returns what the proof afterwards says. */
  apply(step: Step): Promise<Probe>;
  undo(step: Step): Promise<void>;
  /** Everything that steps said, to journal, screen or events. */
  said(): string;
}

export const createDriver = ({ signal, look }: { signal: AbortSignal; look: () => Promise<Look> }): Driver => {
  const outputs = new Map<string, Json>();
  const intents = new Map<string, Json>();
  const words: unknown[] = [];
  const contextOf = (step: Step): StepContext => ({
    signal,
    output: (id) => outputs.get(id),
    intent: intents.get(step.id) ?? null,
    progress: (progress) => words.push(progress),
    warn: (warning) => words.push(warning),
  });
  /** A step that hangs is told by its name and its last words. */
  const bounded = async <T>(what: string, work: Promise<T>): Promise<T> =>
    within(90_000, work, () => new Error(`${what} takes longer than 90 s; said last: ${JSON.stringify(words.at(-1))}`));
  const probe = async (step: Step): Promise<Probe> => {
    const found = await bounded(`the probe of ${step.id}`, step.probe(contextOf(step)));
    words.push(found);
    expect(throughJson(found), `${step.id}: its probe is plain JSON`).toEqual(found);
    return found;
  };
  const changesNothing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const before = await look();
    const result = await work();
    expect(await look(), `${what} changes nothing`).toEqual(before);
    return result;
  };
  return {
    probe,
    look: (step) => changesNothing(`the probe of ${step.id}`, () => probe(step)),
    apply: async (step) => {
      if (step.intent && !intents.has(step.id)) {
        const read = step.intent.bind(step);
        const intent = await changesNothing(`the intent of ${step.id}`, () => read(contextOf(step)));
        expect(throughJson(intent), `${step.id}: its intent is plain JSON`).toEqual(intent);
        intents.set(step.id, intent);
      }
      const applied = await bounded(`the apply of ${step.id}`, step.apply(contextOf(step)));
      const found = await probe(step);
      const output = applied ?? (found.state === 'done' ? found.output : undefined) ?? null;
      expect(throughJson(output), `${step.id}: its output is plain JSON`).toEqual(output);
      outputs.set(step.id, output);
      return found;
    },
    undo: async (step) => {
      if (step.undo) await bounded(`the undo of ${step.id}`, step.undo(contextOf(step)));
      outputs.delete(step.id);
    },
    said: () => JSON.stringify([words, [...intents], [...outputs]]),
  };
};

/** Fails naming the step, with what its probe said. */
export const expectState = (step: Step, found: Probe, ...states: readonly Probe['state'][]): void => {
  expect(states, `${step.id} ${JSON.stringify(found)}`).toContain(found.state);
  if (found.state === 'done') expect(found.evidence.trim(), `${step.id}: its evidence`).not.toBe('');
};
