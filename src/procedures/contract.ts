import type { Finding, Lag, Method, NodeStatus, Position, Want } from '../adapters/adapter.ts';
import type { PlannedAction, Warning } from '../workflow/step.ts';

export type { Finding, Lag, Method, NodeStatus, Position, PlannedAction, Warning };

export interface AddFollowerOptions extends Want {
  readonly node: string;
  /** Default: what the fleet file says. */
  readonly upstream?: string | undefined;
  /** Default: the upstream. */
  readonly copyFrom?: string | undefined;
  /** Codes of findings that the operator takes the responsibility for. */
  readonly allow: readonly string[];
  readonly dryRun: boolean;
}

/** One step of a run for people and scripts. */
export interface StepResult {
  readonly id: string;
  readonly node: string;
  readonly state: 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'interrupted' | 'undone';
  /** ISO 8601; null where it has not begun. */
  readonly startedAt: string | null;
  readonly seconds: number | null;
}

export interface PlannedStep {
  readonly id: string;
  readonly node: string;
  readonly title: string;
  readonly actions: readonly PlannedAction[];
}

export interface AddFollowerResult {
  /** `already`: the follower was there and healthy, nothing was changed. `planned`: a dry run. */
  readonly outcome: 'added' | 'already' | 'planned';
  readonly node: string;
  readonly upstream: string;
  readonly copiedFrom: string | null;
  readonly method: Exclude<Method, 'auto'> | null;
  readonly position: Position | null;
  readonly steps: readonly StepResult[];
  readonly bytes: number | null;
  readonly seconds: number;
  readonly lag: Lag | null;
  /** Only of a dry run. */
  readonly plan?: readonly PlannedStep[];
}

export interface CheckOptions extends Omit<AddFollowerOptions, 'dryRun'> {}

export interface CheckResult {
  readonly node: string;
  readonly upstream: string;
  readonly copiedFrom: string;
  /** It follows its upstream and is healthy: there is nothing to do. */
  readonly already: boolean;
  /** No finding is an error. */
  readonly passed: boolean;
  readonly findings: readonly Finding[];
}

export interface StatusOptions {
  /** Default: every node. */
  readonly node?: string | undefined;
}

export interface StatusResult {
  readonly fleet: string;
  readonly engine: string;
  readonly healthy: boolean;
  readonly nodes: readonly NodeStatus[];
}

/** Old data that was kept is worth a line, but nothing is wrong with it. */
export const isHarmless = (code: string): boolean => code === 'OLD_DATA_KEPT';

/** Which unfinished run: by id, by the node on whose host it is found, or the only one that is known here. */
export interface RunChoice {
  readonly run?: string | undefined;
  readonly node?: string | undefined;
}

export interface ResumeOptions extends RunChoice {
  readonly waitTimeout?: number | undefined;
}

export type ResumeResult = AddFollowerResult | RemoveFollowerResult;

export interface RunSummary {
  readonly run: string;
  readonly command: string;
  readonly fleet: string;
  readonly node: string;
  /** `running`: neither ended nor interrupted as far as the journal says; whether somebody works on it now, only the lease knows. */
  readonly state: 'running' | 'interrupted' | 'failed' | 'done' | 'abandoned';
  readonly startedAt: string;
  readonly updatedAt: string;
}

export interface RunsResult {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
}

export interface ShowRunOptions {
  readonly run: string;
}

export interface ShowRunResult extends RunSummary {
  readonly steps: readonly (StepResult & { readonly title: string; readonly evidence: string | null })[];
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string | undefined } | null;
}

/** Asks before something is taken away. Resolves on yes; CONSENT_MISSING on no. With `--yes` it resolves at once. */
export type Confirm = (question: string) => Promise<void>;

export interface AbandonOptions extends RunChoice {
  /** Nodes whose hosts are dead: what is on the others is taken back. */
  readonly gone: readonly string[];
  readonly confirm: Confirm;
}

export interface AbandonResult {
  readonly run: string;
  readonly node: string;
  /** What was taken back, newest first. */
  readonly undone: readonly StepResult[];
}

export interface RemoveFollowerOptions {
  readonly node: string;
  /** Its host is dead: the upstream side only. */
  readonly gone: boolean;
  readonly confirm: Confirm;
}

export interface RemoveFollowerResult {
  readonly outcome: 'removed';
  readonly node: string;
  readonly upstream: string;
  readonly steps: readonly StepResult[];
  readonly seconds: number;
}
