import { describe, expect, test } from 'vitest';
import { ReplctlError } from '../../../src/errors.ts';
import { createEmitter } from '../../../src/workflow/event-emitter.ts';
import type { RunEvent } from '../../../src/workflow/events.ts';
import { type Journal, openJournal, startJournal } from '../../../src/workflow/journal.ts';
import { type RunOptions, runSteps } from '../../../src/workflow/runner.ts';
import type { Step } from '../../../src/workflow/step.ts';
import { abandonRun, closeRun } from '../../../src/workflow/undo.ts';
import { type World, setting } from './fake-steps.ts';
import { createMemoryStore } from './memory-store.ts';

const run = 'r-00abcdwxyz';
const start = { run, command: 'add-follower', node: 'db2', fleet: 'orders', engine: 'postgresql', inputs: {} };

const setUp = async () => {
  const [local, host] = [createMemoryStore(), createMemoryStore()];
  const places = [
    { name: 'this machine', store: local },
    { name: 'db2', store: host },
  ];
  const events: RunEvent[] = [];
  const emit = createEmitter([(event) => events.push(event)]);
  const controller = new AbortController();
  const journal = await startJournal(start, { places });
  const options = (steps: readonly Step[], more: Partial<RunOptions> = {}): RunOptions => ({
    steps,
    journal,
    emit,
    signal: controller.signal,
    resumed: false,
    ...more,
  });
  return { world: new Map() as World, local, host, places, events, controller, journal, options };
};

const failure = async (work: Promise<unknown>): Promise<ReplctlError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ReplctlError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
};

const states = (journal: Journal) => journal.summary().steps.map(({ id, state }) => `${id} ${state}`);

describe('a run', () => {
  test('applies what is not there, proves it, and journals intents and outputs in every store', async () => {
    const { world, local, host, journal, options, events } = await setUp();
    await runSteps(options([setting(world, 'a.one', 1), setting(world, 'a.two', 2)]));
    expect(Object.fromEntries(world)).toEqual({ 'a.one': 1, 'a.two': 2 });
    expect(states(journal)).toEqual(['a.one done', 'a.two done']);
    expect(journal.summary().state).toBe('done');
    expect(host.texts.get(run)).toBe(local.texts.get(run));
    const kinds = local.texts
      .get(run)!
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(['run', 'steps', 'intent', 'output', 'intent', 'output', 'ended']);
    expect(events.map(({ event }) => event)).toEqual([
      'run-started',
      'step-started',
      'step-progress',
      'step-done',
      'step-started',
      'step-progress',
      'step-done',
    ]);
  });

  test('skips what is done and keeps the output that the probe gave', async () => {
    const { world, journal, options, events } = await setUp();
    world.set('a', 1);
    await runSteps(options([setting(world, 'a', 1), setting(world, 'b', 2)]));
    expect(states(journal)).toEqual(['a skipped', 'b done']);
    expect(journal.step('a')?.output).toEqual({ value: 1 });
    expect(events[1]).toMatchObject({ event: 'step-skipped', step: 'a', evidence: 'a is 1' });
  });

  test('is done where all its steps are, though its end can no more be told to the host', async () => {
    const { world, local, host, journal, options, events } = await setUp();
    host.before = (_, line) => {
      if (line.includes('"ended"')) throw new Error('the connection was lost');
    };
    await runSteps(options([setting(world, 'a', 1)]));
    expect(journal.summary().state).toBe('done');
    expect(local.texts.get(run)).toContain('"ended"');
    expect(events.find(({ event }) => event === 'warning')).toMatchObject({ code: 'JOURNAL_BEHIND' });
  });

  test('is not over where its end cannot be written on its own machine', async () => {
    const { world, local, options } = await setUp();
    local.before = (_, line) => {
      if (line.includes('"ended"')) throw new ReplctlError({ code: 'STATE_UNWRITABLE', message: 'no space left' });
    };
    await expect(runSteps(options([setting(world, 'a', 1)]))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  });

  test('hands a step the output of an earlier one, and null as the intent where it has none', async () => {
    const { world, options } = await setUp();
    const seen: unknown[] = [];
    const second = setting(world, 'b', 2, {
      apply: async (context) => {
        seen.push(context.output('a'), context.output('b'), context.intent);
        world.set('b', 2);
      },
    });
    delete second.intent;
    await runSteps(options([setting(world, 'a', 1), second]));
    expect(seen).toEqual([{ value: 1 }, undefined, null]);
  });

  test('journals the intent before it changes anything', async () => {
    const { world, host, options } = await setUp();
    host.before = (_, line) => {
      if (line.includes('"kind":"intent"')) throw new Error('no space left on device');
    };
    const error = await failure(runSteps(options([setting(world, 'a', 1)])));
    expect(error).toMatchObject({ code: 'STEP_FAILED', exitCode: 4, step: 'a', node: 'db2' });
    expect(error.message).toContain('db2 could not be written: no space left on device');
    expect(world.size).toBe(0);
  });

  test('fails where the world does not show what the step says it did', async () => {
    const { world, journal, options } = await setUp();
    const error = await failure(
      runSteps(options([setting(world, 'a', 1, { apply: async () => undefined }), setting(world, 'b', 2)])),
    );
    expect(error).toMatchObject({ code: 'STEP_FAILED', message: 'Step "set a" ran, but a is not there', step: 'a' });
    expect(error.hint).toContain(`replctl resume ${run}`);
    expect(states(journal)).toEqual(['a failed', 'b pending']);
    expect(world.has('b')).toBe(false);
  });

  test('keeps the cause, the hint, the node and the details of what a step threw', async () => {
    const { world, options } = await setUp();
    const cause = new ReplctlError({
      code: 'COMMAND_FAILED',
      message: 'pg_basebackup ended with 1',
      hint: 'Look at its output.',
      node: 'db1',
      details: { exitCode: 1 },
    });
    const apply = () => Promise.reject(cause);
    const error = await failure(runSteps(options([setting(world, 'a', 1, { apply })])));
    expect(error).toMatchObject({ code: 'STEP_FAILED', node: 'db1', step: 'a', exitCode: 4, cause });
    expect(error.details).toEqual({ exitCode: 1, reason: 'COMMAND_FAILED' });
    expect(error.hint).toBe(
      `Look at its output. Then: replctl resume ${run}, or take it back with: replctl abandon ${run}`,
    );
  });

  test('passes on that it did not catch up, and a lost lease, as they are', async () => {
    for (const [code, exitCode] of [
      ['NOT_CAUGHT_UP', 5],
      ['LEASE_LOST', 6],
    ] as const) {
      const { world, options } = await setUp();
      const apply = () => Promise.reject(new ReplctlError({ code, message: 'as it is' }));
      const error = await failure(runSteps(options([setting(world, 'a', 1, { apply })])));
      expect(error).toMatchObject({ code, exitCode, message: 'as it is', step: 'a' });
    }
  });

  test('says that a host could not be reached (7) before the first change, and that the run failed (4) after it', async () => {
    const unreachable = () =>
      Promise.reject(new ReplctlError({ code: 'HOST_UNREACHABLE', message: 'no route', node: 'db1' }));
    const before = await setUp();
    const first = await failure(runSteps(before.options([setting(before.world, 'a', 1, { probe: unreachable })])));
    expect(first).toMatchObject({ code: 'HOST_UNREACHABLE', exitCode: 7, step: 'a' });
    const after = await setUp();
    const steps = [setting(after.world, 'a', 1), setting(after.world, 'b', 1, { probe: unreachable })];
    const second = await failure(runSteps(after.options(steps)));
    expect(second).toMatchObject({ code: 'STEP_FAILED', exitCode: 4, step: 'b', node: 'db1' });
  });

  test('takes no two steps of one name', async () => {
    const { world, options } = await setUp();
    const error = await failure(runSteps(options([setting(world, 'a', 1), setting(world, 'a', 2)])));
    expect(error).toMatchObject({ code: 'BUG', message: 'Two steps are called a.' });
  });

  test('asks for the lease before each change', async () => {
    const { world, options } = await setUp();
    const lost = new ReplctlError({ code: 'LEASE_LOST', message: 'gone' });
    const error = await failure(runSteps(options([setting(world, 'a', 1)], { confirm: () => Promise.reject(lost) })));
    expect(error.code).toBe('LEASE_LOST');
    expect(world.size).toBe(0);
  });
});

describe('an interrupted run', () => {
  const reason = new ReplctlError({
    code: 'INTERRUPTED',
    message: 'Interrupted by SIGINT.',
    hint: `replctl resume ${run}`,
  });

  test('starts nothing new, and is resumed', async () => {
    const { world, controller, journal, options, events, places } = await setUp();
    const steps = [
      setting(world, 'a', 1),
      setting(world, 'b', 2, {
        apply: async ({ signal }) => {
          controller.abort(reason);
          signal.throwIfAborted();
        },
      }),
      setting(world, 'c', 3),
    ];
    const error = await failure(runSteps(options(steps)));
    expect(error).toMatchObject({ code: 'INTERRUPTED', exitCode: 130, step: 'b' });
    expect(states(journal)).toEqual(['a done', 'b interrupted', 'c pending']);
    expect(journal.summary().state).toBe('interrupted');
    expect(events.at(-1)).toMatchObject({ event: 'run-interrupted', run, signal: 'SIGINT' });

    const again = await openJournal(run, { places });
    const signal = new AbortController().signal;
    const all = [setting(world, 'a', 1), setting(world, 'b', 2), setting(world, 'c', 3)];
    await runSteps({ ...options(all, { resumed: true }), journal: again, signal });
    expect(again.summary().state).toBe('done');
    expect(states(again)).toEqual(['a done', 'b done', 'c done']);
  });

  test('does not wait for a step that does not heed the signal', async () => {
    const { world, controller, options } = await setUp();
    const steps = [
      setting(world, 'a', 1, {
        apply: () => {
          controller.abort(reason);
          return new Promise(() => undefined);
        },
      }),
    ];
    const error = await failure(runSteps(options(steps, { grace: 20 })));
    expect(error.code).toBe('INTERRUPTED');
  });

  test("keeps the first attempt's intent: read again, the prior setting would be the changed one", async () => {
    const { world, controller, options, places } = await setUp();
    world.set('wal_keep', 100);
    const half = setting(world, 'wal_keep', 5000, {
      apply: async ({ signal }) => {
        world.set('wal_keep', 2500);
        controller.abort(reason);
        signal.throwIfAborted();
      },
    });
    await failure(runSteps(options([half])));
    const journal = await openJournal(run, { places });
    const again = { journal, signal: new AbortController().signal };
    await runSteps({ ...options([setting(world, 'wal_keep', 5000)]), ...again, resumed: true });
    expect(world.get('wal_keep')).toBe(5000);
    await abandonRun({ ...options([setting(world, 'wal_keep', 5000)]), ...again, reason: 'a test' });
    expect(world.get('wal_keep')).toBe(100);
  });
});

describe('a step that refuses the run', () => {
  const refusal = new ReplctlError({
    code: 'COMMAND_FAILED',
    message: 'no entry in pg_hba.conf',
    hint: 'Add one.',
    node: 'db1',
  });
  const refuses = (world: World) =>
    setting(world, 'proof', 1, { refusesRun: true, apply: () => Promise.reject(refusal) });

  test('has everything taken back, last first, and the run refused', async () => {
    const { world, journal, options } = await setUp();
    const undone: string[] = [];
    const noting = (id: string) =>
      setting(world, id, 1, { undo: async () => void (undone.push(id), world.delete(id)) });
    const error = await failure(runSteps(options([noting('a'), noting('b'), refuses(world), noting('c')])));
    expect(error).toMatchObject({
      code: 'PREFLIGHT_REFUSED',
      exitCode: 3,
      message: 'no entry in pg_hba.conf',
      hint: 'Add one.',
    });
    expect(error).toMatchObject({ node: 'db1', step: 'proof' });
    expect(undone).toEqual(['b', 'a']);
    expect(world.size).toBe(0);
    expect(journal.summary().state).toBe('abandoned');
  });

  test('tells both failures where the undo fails', async () => {
    const { world, options } = await setUp();
    const stuck = setting(world, 'a', 1, { undo: () => Promise.reject(new Error('the slot is active')) });
    const error = await failure(runSteps(options([stuck, refuses(world)])));
    expect(error).toMatchObject({ code: 'STEP_FAILED', exitCode: 4, step: 'proof' });
    expect(error.message).toMatch(/no entry in pg_hba.conf.*the slot is active/);
  });

  test('takes nothing back where a host could not be reached, or once a later step has begun', async () => {
    const { world, options } = await setUp();
    const gone = () => Promise.reject(new ReplctlError({ code: 'OUTCOME_UNKNOWN', message: 'cut' }));
    const cut = setting(world, 'proof', 1, { refusesRun: true, apply: gone });
    const first = await failure(runSteps(options([setting(world, 'a', 1), cut])));
    expect(first.code).toBe('STEP_FAILED');
    expect(world.get('a')).toBe(1);

    await runSteps(options([setting(world, 'a', 1), setting(world, 'proof', 1), setting(world, 'copy', 1)]));
    world.delete('proof');
    const second = await failure(
      runSteps(options([setting(world, 'a', 1), refuses(world), setting(world, 'copy', 1)])),
    );
    expect(second.code).toBe('STEP_FAILED');
    expect(world.get('copy')).toBe(1);
  });
});

describe('an abandoned run', () => {
  test('leaves alone what it found done', async () => {
    const { world, options } = await setUp();
    world.set('a', 1);
    const steps = [setting(world, 'a', 1), setting(world, 'b', 2)];
    await runSteps(options(steps));
    await abandonRun({ ...options(steps), reason: 'a test' });
    expect(Object.fromEntries(world)).toEqual({ a: 1 });
  });

  test('takes back what is named after the run on the word of the probe alone', async () => {
    const { world, options } = await setUp();
    world.set('slot', 1);
    world.set('role', 1);
    const steps = [
      setting(world, 'role', 1),
      setting(world, 'slot', 1, { namedAfterRun: true, undo: async () => void world.delete('slot') }),
    ];
    await abandonRun({ ...options(steps), reason: 'a test' });
    expect(Object.fromEntries(world)).toEqual({ role: 1 });
  });

  test('says what is taken back, last first', async () => {
    const { world, options, events } = await setUp();
    const steps = [setting(world, 'a', 1), setting(world, 'b', 2)];
    await runSteps(options(steps));
    events.length = 0;
    await abandonRun({ ...options(steps), reason: 'a test' });
    expect(events.map(({ event }) => event)).toEqual([
      'run-abandoning',
      'step-undo-started',
      'step-undone',
      'step-undo-started',
      'step-undone',
    ]);
    expect(events[0]).toMatchObject({ run, command: 'add-follower', steps: [{ id: 'b' }, { id: 'a' }] });
  });

  test('goes on where an undo failed', async () => {
    const { world, journal, options } = await setUp();
    let broken = true;
    const undone: string[] = [];
    const stubborn = (id: string) =>
      setting(world, id, 1, {
        undo: async () => {
          if (id === 'a' && broken) throw new Error('still in use');
          undone.push(id);
          world.delete(id);
        },
      });
    const steps = [stubborn('a'), stubborn('b')];
    await runSteps(options(steps));
    const error = await failure(abandonRun({ ...options(steps), reason: 'a test' }));
    expect(error).toMatchObject({ code: 'STEP_FAILED', step: 'a' });
    expect(error.hint).toContain(`replctl abandon ${run}`);
    broken = false;
    await abandonRun({ ...options(steps), reason: 'a test' });
    expect(undone).toEqual(['b', 'a']);
    expect(journal.summary().state).toBe('abandoned');
  });

  test('is not kept from it by a full disk, and says so', async () => {
    const { world, host, options, events } = await setUp();
    const steps = [setting(world, 'a', 1)];
    await runSteps(options(steps));
    host.before = () => {
      throw new Error('no space left on device');
    };
    await abandonRun({ ...options(steps), reason: 'a test' });
    expect(world.size).toBe(0);
    expect(events.find(({ event }) => event === 'warning')).toMatchObject({ code: 'JOURNAL_BEHIND' });
  });

  test('asks nobody who is gone, and says what stays there', async () => {
    const { world, journal, options, events } = await setUp();
    const dead = { node: 'db1', namedAfterRun: true };
    await runSteps(options([setting(world, 'slot', 1, dead), setting(world, 'copy', 1)]));
    const ask = async () => Promise.reject(new Error('asked'));
    const neverBegun = setting(world, 'plugin', 1, { ...dead, probe: ask, undo: ask });
    const steps = [
      neverBegun,
      setting(world, 'slot', 1, { ...dead, undo: async () => undefined }),
      setting(world, 'copy', 1),
    ];
    events.length = 0;
    await abandonRun({ ...options(steps), gone: ['db1'], reason: 'a test' });
    expect(Object.fromEntries(world)).toEqual({ slot: 1 });
    expect(journal.summary().state).toBe('abandoned');
    expect(events.find(({ event }) => event === 'warning')).toMatchObject({
      code: 'LEFT_ON_GONE_NODE',
      node: 'db1',
      message: `db1 is gone: what ${run} did there is not taken back: set slot`,
      hint: expect.stringContaining('replctl remove-follower db2 --gone'),
    });
    // What it has on the follower of that is taken back there.
    const takenBack = events.filter(({ event }) => event === 'step-undone');
    expect(takenBack).toMatchObject([
      { step: 'copy', node: 'db2' },
      { step: 'slot', node: 'db2' },
    ]);
  });

  test('does not speak of unknown steps on a node that is gone', async () => {
    const { world, options, events } = await setUp();
    await runSteps(options([setting(world, 'old.step', 1, { node: 'db1' })]));
    events.length = 0;
    await abandonRun({ ...options([]), gone: ['db1'], reason: 'a test' });
    expect(events.filter(({ event }) => event === 'warning')).toMatchObject([{ code: 'LEFT_ON_GONE_NODE' }]);
  });

  test('can be closed with nothing taken back', async () => {
    const { world, journal, options } = await setUp();
    const steps = [setting(world, 'a', 1)];
    await runSteps(options(steps));
    await closeRun(options(steps), 'a test');
    expect(Object.fromEntries(world)).toEqual({ a: 1 });
    expect(journal.summary().state).toBe('abandoned');
  });

  test('names the steps of its journal that nobody here knows', async () => {
    const { world, options, events } = await setUp();
    await runSteps(options([setting(world, 'old.step', 1)]));
    await abandonRun({ ...options([]), reason: 'a test' });
    expect(events.find(({ event }) => event === 'warning')).toMatchObject({ code: 'STEP_UNKNOWN' });
  });
});
