import type { Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import type { Replctl } from '../e2e/support/replctl.ts';

/** One engine and method with two machines, a writer on the leader, and two operators: the ground on which runs are disturbed. */
export interface Track {
  readonly title: string;
  readonly lab: Lab;
  readonly leader: Machine;
  readonly follower: Machine;
  readonly replctl: Replctl;
  /** Another machine's: the same fleet file, nothing remembered. */
  readonly elsewhere: Replctl;
  readonly add: readonly string[];
  /** What runs may change on both machines, run ids and passwords left out: equal texts, equal states. */
  state(): Promise<string>;
  /** In words what the follower has otherwise than the leader, at one position; the writer rests meanwhile. */
  differences(): Promise<readonly string[]>;
  /** Takes the follower out, and has the package's own server run again. */
  makePristine(): Promise<void>;
  /** Has the leader's server up and written to, whatever was done to it. */
  revive(): Promise<void>;
  crashLeader(): Promise<void>;
  restartLeader(): Promise<void>;
  /** Somebody removes what holds the log for the follower, or the log itself. */
  loseLog(): Promise<void>;
  /** Words that may stand nowhere: the passwords in use now. */
  secrets(): Promise<readonly string[]>;
}
