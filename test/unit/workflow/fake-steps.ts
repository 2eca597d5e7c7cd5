import type { Json } from '../../../src/workflow/json.ts';
import type { Probe, Step, StepContext } from '../../../src/workflow/step.ts';

export type World = Map<string, Json>;

/** A step that sets `id` in the world to `value`; what is overridden behaves as a test wants it. */
export const setting = (world: World, id: string, value: Json, override: Partial<Step> = {}): Step => ({
  id,
  title: `set ${id}`,
  node: 'db2',
  input: { value },
  probe: async (): Promise<Probe> =>
    JSON.stringify(world.get(id)) === JSON.stringify(value)
      ? { state: 'done', evidence: `${id} is ${JSON.stringify(value)}`, output: { value } }
      : { state: 'absent', evidence: `${id} is not there` },
  plan: () => [{ node: 'db2', kind: 'sql', text: `SET ${id}` }],
  intent: async () => ({ prior: world.get(id) ?? null }),
  apply: async (context: StepContext) => {
    context.progress({ phase: 'setting' });
    world.set(id, value);
    return { value };
  },
  undo: async ({ intent }: StepContext) => {
    const { prior } = intent as { prior: Json };
    if (prior === null) world.delete(id);
    else world.set(id, prior);
  },
  ...override,
});
