import type { Adapter, LeaseGuard, Method, PhaseContext, Want } from '../adapters/adapter.ts';
import { ReplctlError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { RunStart } from '../workflow/journal-record.ts';
import type { Json } from '../workflow/json.ts';
import type { RunSummary } from '../workflow/run-summary.ts';
import type { RunOptions } from '../workflow/runner.ts';
import type { Step } from '../workflow/step.ts';
import type { Parts, Staged } from './cast.ts';
import { conduct, stepResults } from './conduct.ts';
import type { AddFollowerResult } from './contract.ts';

export interface FollowerRun {
  readonly adapter: Adapter;
  readonly parts: Parts;
  readonly staged: Staged;
  /** Its method is the one that was chosen. */
  readonly want: Want;
  readonly because?: string | undefined;
  readonly start: RunStart & Partial<Pick<RunSummary, 'steps'>>;
  readonly resumed: boolean;
}

/** There is a run only once `auto` has become a method. */
export const methodOf = ({ method }: Want): Exclude<Method, 'auto'> => {
  if (method === 'auto') throw new TypeError('The method has not been chosen');
  return method;
};

/** The four phases of every engine, in their order. */
export const followerSteps = (
  { adapter, staged, want, because, start }: FollowerRun,
  guard: () => LeaseGuard,
): readonly Step[] => {
  const context: PhaseContext<FollowerRun['staged']['facts']['leader']> = {
    run: start.run,
    nodes: staged.nodes,
    facts: staged.facts,
    want,
    because,
    intentOf: (id) => start.steps?.find((step) => step.id === id)?.intent,
    guard,
  };
  return [
    ...adapter.snapshot(context),
    ...adapter.transfer(context),
    ...adapter.configureTailing(context),
    ...adapter.waitForLag(context),
  ];
};

const bytesOf = (output: Json | undefined): number =>
  typeof output === 'object' && output !== null && 'bytes' in output && typeof output.bytes === 'number'
    ? output.bytes
    : 0;

const bytesCopied = (run: RunSummary): number | null =>
  run.steps.reduce((sum, { output }) => sum + bytesOf(output), 0) || null;

export const conductFollowerRun = async (
  session: Session,
  run: FollowerRun,
  options: { readonly before?: () => Promise<void>; readonly work?: (options: RunOptions) => Promise<void> } = {},
): Promise<RunSummary> =>
  conduct(session, {
    at: run.staged.nodes.follower.gone
      ? undefined
      : { node: run.staged.nodes.follower, facts: run.staged.facts.follower },
    start: run.start,
    resumed: run.resumed,
    steps: (guard) => followerSteps(run, guard),
    ...options,
  });

/** The run is over and its proof was made: a follower that does not answer any more is one to be told of, and no failure of the run. */
const lastLook = async (session: Session, { adapter, staged, parts }: FollowerRun) => {
  try {
    return await adapter.lag(staged.nodes, staged.facts, session.signal);
  } catch (error) {
    session.signal.throwIfAborted();
    if (!(error instanceof ReplctlError) || error.code === 'BUG') throw error;
    session.options.emit({
      event: 'warning',
      code: 'LAG_UNKNOWN',
      node: parts.node,
      message: `${parts.node} was proven to follow, but how far it is could not be told: ${error.message}`,
      hint: 'replctl status shows what is there now.',
    });
    return { lag: null, position: null };
  }
};

/** Runs or goes on, and tells what came of it. */
export const carryOut = async (
  session: Session,
  run: FollowerRun,
  before?: () => Promise<void>,
): Promise<AddFollowerResult> => {
  const began = Date.now();
  const summary = await conductFollowerRun(session, run, before ? { before } : {});
  const { lag, position } = await lastLook(session, run);
  return {
    outcome: 'added',
    node: run.parts.node,
    upstream: run.parts.upstream,
    copiedFrom: run.parts.source,
    method: methodOf(run.want),
    position,
    steps: stepResults(summary),
    bytes: bytesCopied(summary),
    seconds: (Date.now() - began) / 1000,
    lag,
  };
};
