import type { Adapter, Cast, Facts, FollowerState, Node, NodeStatus } from '../../../src/adapters/adapter.ts';
import type { Json } from '../../../src/workflow/json.ts';

export type Part = 'leader' | 'follower' | 'missing';

export interface Look {
  /** All that a run may leave on each machine, run ids included: the same before a run and after everything of it was taken back. */
  readonly world: Readonly<Record<Part, Json>>;
  /** Besides, what even a change that changes nothing leaves: when the servers started and read their configuration, which file it is. */
  readonly footprint: Json;
}

/**
 * What the adapter suite needs of an engine: three real machines, reached through real connections. A leader with data that is never written to by
 * itself, a server that is as its package made it and runs, and a machine on which no server was ever set up.
 */
export interface Ground<F extends Facts> {
  readonly adapter: Adapter<F>;
  readonly nodes: Readonly<Record<Part, Node>>;
  look(): Promise<Look>;
  /** The follower's server, by its machine's own means; returns when it is down, or answers. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Leader and follower no longer reach each other, but we reach both; and back again. */
  part(): Promise<void>;
  join(): Promise<void>;
  /** Every password that is on the machines for the follower, and what can be logged in with; read where it lies. Never empty once there is a follower. */
  secrets(): Promise<readonly string[]>;
  /** Rows that the follower has and the leader has not, and the other way round, in words. Throws where there was nothing to compare. */
  differences(): Promise<readonly string[]>;
  /** What a follower that was taken out looks like to `status`, and to a run that would make it one. */
  readonly removed: {
    readonly survey: Partial<NodeStatus>;
    readonly state: FollowerState['state'];
    /** Steps that find nothing to do after a run that ended well. */
    readonly idle: readonly string[];
  };
  /** What the follower says to a write, as its administrator. */
  write(): Promise<'accepted' | 'refused'>;
  close(): Promise<void>;
}

/** Leader, upstream and source in one: the plainest cast. */
export const castOf = <T>(leader: T, follower: T): Cast<T> => ({ leader, upstream: leader, source: leader, follower });

/** So that whoever is handed it cannot change it. Facts are plain JSON; anything else in them would show here. */
export const deepFrozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) deepFrozen(member);
  return Object.freeze(value);
};

/** As it comes back from a journal or another process. */
export const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
