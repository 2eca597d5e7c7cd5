import type { Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import type { Replctl } from '../e2e/support/replctl.ts';

/** How the follower's machine stands: as its package made it, as a follower, or as one that was taken out. */
export type Standing = 'pristine' | 'follower' | 'removed';

/** One engine and method with three machines, a writer on the leader, and two operators: the ground on which runs are disturbed. */
export interface Track {
  readonly title: string;
  readonly lab: Lab;
  readonly leader: Machine;
  readonly follower: Machine;
  readonly replctl: Replctl;
  /** Another machine's: the same fleet file, nothing remembered. */
  readonly elsewhere: Replctl;
  /** Where both of them put temporary files. */
  readonly scratch: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Whose file system the follower's data are on, a disk of its own. */
  readonly disk: string;
  /** Where servers log, besides /var/log. */
  readonly logs: readonly string[];
  /** What runs may change on both machines, run ids and passwords left out: equal texts, equal states. */
  state(): Promise<string>;
  /** Sessions of a machine's server but those of replication and of the writer, one a line. */
  sessions(machine: Machine): Promise<string>;
  /** In words what the follower has otherwise than the leader, at one position; the writer rests meanwhile. */
  differences(): Promise<readonly string[]>;
  /** Forgets what the writer wrote, so that later copies are as large as the first one. */
  trim(): Promise<void>;
  /** Takes the follower out, and has the package's own server run again. */
  makePristine(): Promise<void>;
  /** Has the leader's server up and written to, whatever was done to it. */
  revive(): Promise<void>;
  crashLeader(): Promise<void>;
  restartLeader(): Promise<void>;
  stopLeader(): Promise<void>;
  startFollower(): Promise<void>;
  /** A third node is a follower of the leader's. */
  haveOther(): Promise<void>;
  /** It is made a leader. */
  promoteOther(): Promise<void>;
  /** Somebody removes what holds the log for the follower, or the log itself. */
  loseLog(): Promise<void>;
  /** Words that may stand nowhere: the passwords in use now. */
  secrets(): Promise<readonly string[]>;
}
