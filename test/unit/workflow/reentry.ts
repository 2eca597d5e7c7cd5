import { isDeepStrictEqual } from 'node:util';
import { type Journal, type JournalPlace, openJournal, startJournal } from '../../../src/workflow/journal.ts';
import type { Json } from '../../../src/workflow/json.ts';
import { runSteps } from '../../../src/workflow/runner.ts';
import type { Step } from '../../../src/workflow/step.ts';
import { abandonRun } from '../../../src/workflow/undo.ts';
import { type MemoryStore, createMemoryStore } from './memory-store.ts';

/** A world of its own for each try, and the steps that change it. */
export interface ReentryWorld {
  /** Called again for each attempt, as a new process would. */
  steps(): readonly Step[];
  /** What the world looks like, where it matters. */
  look(): Promise<Json> | Json;
}

/** To be called at every moment of a world's own at which a process can die: before and after each command of a fake host. */
export type Pass = (moment: string) => void;

export interface ReentryOptions {
  readonly make: (pass: Pass) => Promise<ReentryWorld> | ReentryWorld;
  /** After the kill: `resume` must end where an undisturbed run ends, `abandon` where it began. */
  readonly afterwards?: 'resume' | 'abandon';
}

const run = 'r-0000000000';

class Killed extends Error {
  override readonly name = 'Killed';
}

/** Counts the moments at which a process can die, and dies at one of them: from then on nothing of it works any more. */
const createReaper = (at: number) => {
  const moments: string[] = [];
  let dead = false;
  return {
    moments,
    isDead: () => dead,
    pass(moment: string): void {
      if (dead) throw new Killed(moment);
      moments.push(moment);
      if (moments.length - 1 !== at) return;
      dead = true;
      throw new Killed(moment);
    },
  };
};
type Reaper = ReturnType<typeof createReaper>;

/** A write may be lost, torn or done when the process dies. */
const mortalPlace = (name: string, store: MemoryStore, reaper: Reaper): JournalPlace => ({
  name,
  store: {
    ...store,
    append: async (id, ...lines) => {
      const text = lines.join('\n');
      reaper.pass(`before writing to ${name}: ${text}`);
      const before = store.texts.get(id) ?? '';
      store.texts.set(id, before + text.slice(0, text.length / 2));
      reaper.pass(`in the middle of writing to ${name}: ${text}`);
      store.texts.set(id, before);
      await store.append(id, ...lines);
      reaper.pass(`after writing to ${name}: ${text}`);
    },
  },
});

/** Steps call `progress` in the middle of their work: a moment to die, too. */
const mortalStep = (step: Step, reaper: Reaper): Step => ({
  ...step,
  probe: async (context) => {
    reaper.pass(`before probing ${step.id}`);
    return step.probe(context);
  },
  apply: async (context) => {
    reaper.pass(`before applying ${step.id}`);
    const output = await step.apply({
      ...context,
      progress: (progress) => {
        context.progress(progress);
        reaper.pass(`while applying ${step.id}`);
      },
    });
    reaper.pass(`after applying ${step.id}`);
    return output;
  },
});

const emit = (): void => undefined;
const attempt = async (world: ReentryWorld, stores: readonly MemoryStore[], reaper: Reaper): Promise<void> => {
  const signal = new AbortController().signal;
  const places = stores.map((store, index) => mortalPlace(index === 0 ? 'here' : `store ${index}`, store, reaper));
  const known = (await Promise.all(stores.map(async (store) => store.read(run)))).some((text) => text?.includes('\n'));
  const start = { run, command: 'add-follower', node: 'db2', fleet: 'orders', engine: 'postgresql', inputs: {} };
  const journal: Journal = known ? await openJournal(run, { places }) : await startJournal(start, { places });
  const steps = world.steps().map((step) => mortalStep(step, reaper));
  await runSteps({ steps, journal, emit, signal, resumed: known });
};

const abandon = async (world: ReentryWorld, stores: readonly MemoryStore[]): Promise<void> => {
  const places = stores.map((store, index) => ({ name: `store ${index}`, store }));
  const journal = await openJournal(run, { places });
  const signal = new AbortController().signal;
  await abandonRun({ steps: world.steps(), journal, emit, signal, reason: 'a test' });
};

const compare = (moment: string, is: Json, should: Json): void => {
  if (isDeepStrictEqual(is, should)) return;
  throw new Error(`Killed ${moment}, the world should be ${JSON.stringify(should)}, but it is ${JSON.stringify(is)}`);
};

/**
 * Runs the steps once undisturbed; then once for each moment at which the process can die, kills it there, resumes (or abandons) with
 * what is in the journals and the world, and compares. Throws, naming the moment, where the worlds differ. Returns the moments.
 */
export const surviveEveryKill = async ({ make, afterwards = 'resume' }: ReentryOptions): Promise<readonly string[]> => {
  let reaper = createReaper(-1);
  const pass: Pass = (moment) => reaper.pass(moment);
  const undisturbed = await make(pass);
  const before = await undisturbed.look();
  await attempt(undisturbed, [createMemoryStore(), createMemoryStore()], reaper);
  const { moments } = reaper;
  const after = await undisturbed.look();

  for (const [index, moment] of moments.entries()) {
    reaper = createReaper(-1);
    const world = await make(pass);
    const stores = [createMemoryStore(), createMemoryStore()];
    reaper = createReaper(index);
    try {
      await attempt(world, stores, reaper);
    } catch (error) {
      if (!reaper.isDead()) throw error;
    }
    if (!reaper.isDead()) throw new Error(`The run did not come by this time: ${moment}`);
    reaper = createReaper(-1);
    const begun = stores.some((store) => store.texts.get(run)?.includes('\n'));
    if (afterwards === 'abandon') {
      if (begun) await abandon(world, stores);
      compare(moment, await world.look(), before);
      continue;
    }
    await attempt(world, stores, reaper);
    compare(moment, await world.look(), after);
    const [here, there] = stores.map((store) => store.texts.get(run));
    if (!here?.trimEnd().endsWith('"kind":"ended"}') || !there?.trimEnd().endsWith('"kind":"ended"}')) {
      throw new Error(`Killed ${moment}, a journal does not end: ${here} / ${there}`);
    }
  }
  return moments;
};
