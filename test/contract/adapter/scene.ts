import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cast, Facts, FollowerState, Node, PhaseContext, Want } from '../../../src/adapters/adapter.ts';
import { openRunStore } from '../../../src/hosts/run-store.ts';
import { holdLease, type Lease } from '../../../src/workflow/lease.ts';
import { thisProcess } from '../../../src/workflow/process-identity.ts';
import { newRunId } from '../../../src/workflow/run-id.ts';
import type { Step } from '../../../src/workflow/step.ts';
import { createDriver, type Driver } from './driver.ts';
import { castOf, type Ground, type Look, type Part } from './ground.ts';

export const want: Want = {
  method: 'auto',
  replace: false,
  discardOld: false,
  maxLag: { seconds: 1 },
  waitTimeout: 60,
};

/** The steps of one attempt, and the one who takes them. Steps are made anew for each attempt, as a new process does. */
export interface Attempt {
  readonly steps: readonly Step[];
  readonly driver: Driver;
}

/** A run under the follower's lease. */
export interface Run<F extends Facts> {
  readonly context: PhaseContext<F>;
  readonly lease: Lease;
  attempt(): Attempt;
}

export const { signal } = new AbortController();

/** What the procedures do around an adapter, as far as the suite needs it. */
export const createScene = <F extends Facts>(ground: Ground<F>) => {
  const { adapter, nodes } = ground;
  const cast: Cast<Node> = castOf(nodes.leader, nodes.follower);
  const inspect = async (part: Part): Promise<F> => adapter.inspect(nodes[part], { signal });
  /** As the procedures read them: both at once, the follower told whom it must reach and what it is to copy as soon as that is known. */
  const readFacts = async (): Promise<Cast<F>> => {
    const leading = inspect('leader');
    const target = leading.then((facts) => ({ peers: [{ node: nodes.leader, facts }], source: facts, leader: facts }));
    const following = adapter.inspect(nodes.follower, { signal, target });
    const [leader, follower] = await Promise.all([leading, following]);
    return castOf(leader, follower);
  };
  const look = async () => ground.look();
  const takeLease = async (facts: F, run: string) => {
    const store = openRunStore(nodes.follower.host, { directory: facts.stateDir, as: facts.osUser });
    const self = await thisProcess();
    const lease = await holdLease(store, { run, node: nodes.follower.name, owner: 'the suite', self, signal });
    return { lease, guard: () => store.guard(lease.epoch) };
  };
  const newRun = () => newRunId(new Date(), Math.random);
  return {
    cast,
    inspect,
    readFacts,
    look,
    world: async () => (await ground.look()).world,
    changesNothing: async <T>(work: () => Promise<T>): Promise<T> => {
      const before = await look();
      const result = await work();
      expect(await look()).toEqual(before);
      return result;
    },
    begin: async (): Promise<Run<F>> => {
      const run = newRun();
      const facts = await readFacts();
      const { lease, guard } = await takeLease(facts.follower, run);
      const context: PhaseContext<F> = { run, nodes: cast, facts, want, guard };
      return {
        context,
        lease,
        attempt: () => ({ steps: stepsOf(adapter, context), driver: createDriver({ signal, look }) }),
      };
    },
    beginRemoval: async (): Promise<Pick<Run<F>, 'attempt' | 'lease'>> => {
      const run = newRun();
      const facts = await readFacts();
      const { lease, guard } = await takeLease(facts.follower, run);
      const leader = { node: nodes.leader, facts: facts.leader };
      const follower = { node: nodes.follower, facts: facts.follower, guard };
      const { fleet, name } = nodes.follower;
      const steps = () => adapter.removeFollower({ run, fleet, name, leader, upstream: leader, follower });
      return { lease, attempt: () => ({ steps: steps(), driver: createDriver({ signal, look }) }) };
    },
    followerState: async (): Promise<FollowerState> => adapter.followerState(await readFacts(), cast),
    survey: async () =>
      adapter.survey(
        Object.values(nodes).map((node) => ({ name: node.name, address: node.address, node })),
        signal,
      ),
  };
};

export type Scene<F extends Facts> = ReturnType<typeof createScene<F>>;

/** What one test leaves to the next. */
export interface Story<F extends Facts> {
  readonly ground: Ground<F>;
  readonly scene: Scene<F>;
  /** Before anything was done. */
  readonly fresh: Look['world'];
  run?: Run<F>;
  /** The attempt that walked the run to its end. */
  finished?: Attempt;
}

/** The four phases in their order. */
export const stepsOf = <F extends Facts>(adapter: Ground<F>['adapter'], context: PhaseContext<F>): readonly Step[] => [
  ...adapter.snapshot(context),
  ...adapter.transfer(context),
  ...adapter.configureTailing(context),
  ...adapter.waitForLag(context),
];

/** Asks again until the answer fits; a minute at most. */
export const until = async <T>(ask: () => Promise<T>, fits: (found: T) => boolean): Promise<T> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await ask();
    if (fits(found)) return found;
    if (Date.now() > deadline) throw new Error(`it stayed ${JSON.stringify(found)}`);
    await sleep(250);
  }
};
