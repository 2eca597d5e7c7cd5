import type { JobHandle } from '../../hosts/job.ts';
import type { Step } from '../../workflow/step.ts';
import type { Cast, Finding } from '../adapter.ts';
import type { MysqlFacts } from './facts.ts';
import type { Scene } from './preflight/scene.ts';
import type { MethodName, Work } from './work.ts';

/** One way to bring the data over: the transfer phase, and what goes with it. */
export interface CopyMethod {
  readonly name: MethodName;
  /** What it can do that others cannot, for the line that says why it was chosen. */
  readonly because: string;
  /** Rights of an account that only this run's copy uses, on the leader; none: it needs no account. */
  readonly privileges: readonly string[];
  /** Pure: why it cannot be used here. */
  objection(facts: Cast<MysqlFacts>): string | undefined;
  /** Pure: what else speaks against it. */
  findings(scene: Scene): readonly Finding[];
  /** The last step's end: a whole data directory of the server's OS user in `work.place.staged`, on which no server runs. */
  steps(work: Work): readonly Step[];
  /** Gives back what it changed on other nodes for the run. Idempotent. */
  release?(work: Work, signal: AbortSignal): Promise<void>;
  /** What it still holds there, in words. */
  holds?(work: Work, signal: AbortSignal): Promise<string | undefined>;
  /** Jobs whose directories are left when all is done. */
  jobs(work: Work): readonly JobHandle[];
}
