import type { LeaseClaim, LeaseHolder, LeaseStore, Store } from '../../../src/workflow/store.ts';

/** A store that lives in memory and outlives the "process" that writes to it. */
export interface MemoryStore extends Store {
  readonly texts: Map<string, string>;
  /** Called before each append; what it throws is the append's error. */
  before: (run: string, line: string) => void;
}

export const createMemoryStore = (): MemoryStore => {
  const texts = new Map<string, string>();
  const store: MemoryStore = {
    texts,
    before: () => undefined,
    append: async (run, ...lines) => {
      for (const line of lines) store.before(run, line);
      texts.set(run, `${texts.get(run) ?? ''}${lines.join('\n')}\n`);
    },
    read: async (run) => texts.get(run),
    list: async () => [...texts.keys()],
  };
  return store;
};

/** A lease on a host whose clock the test holds. */
export const createMemoryLease = (clock: () => number, ttl = 60_000) => {
  let holder: (Omit<LeaseHolder, 'expiresIn'> & { until: number }) | undefined;
  let epoch = 0;
  const claim: LeaseStore['claim'] = async (asking, deadEpoch): Promise<LeaseClaim> => {
    const free = holder === undefined || holder.until <= clock() || holder.epoch === deadEpoch;
    const own = holder?.run === asking.run && holder.pid === asking.pid && holder.started === asking.started;
    if (holder !== undefined && !free && !own) {
      return { granted: false, holder: { ...holder, expiresIn: (holder.until - clock()) / 1000 } };
    }
    epoch += 1;
    holder = { ...asking, epoch, until: clock() + ttl };
    return { granted: true, epoch };
  };
  return {
    claim,
    renew: async (mine: number) => {
      if (holder?.epoch !== mine) return false;
      holder.until = clock() + ttl;
      return true;
    },
    release: async (mine: number) => {
      if (holder?.epoch === mine) holder = undefined;
    },
    holder: () => holder,
  };
};
