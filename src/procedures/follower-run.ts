import type { Adapter, LeaseGuard, PhaseContext, Want } from '../adapters/adapter.ts';
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
  readonly want: Want;
  readonly start: RunStart;
  readonly resumed: boolean;
}

/** The four phases of every engine, in their order. */
export const followerSteps = (
  { adapter, staged, want, start }: FollowerRun,
  guard: () => LeaseGuard,
): readonly Step[] => {
  const context: PhaseContext<FollowerRun['staged']['facts']['leader']> = {
    run: start.run,
    nodes: staged.nodes,
    facts: staged.facts,
    want,
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
    at: { node: run.staged.nodes.follower, facts: run.staged.facts.follower },
    start: run.start,
    resumed: run.resumed,
    steps: (guard) => followerSteps(run, guard),
    ...options,
  });

/** Runs or goes on, and tells what came of it. */
export const carryOut = async (
  session: Session,
  run: FollowerRun,
  before?: () => Promise<void>,
): Promise<AddFollowerResult> => {
  const began = Date.now();
  const summary = await conductFollowerRun(session, run, before ? { before } : {});
  const { lag, position } = await run.adapter.lag(run.staged.nodes, run.staged.facts, session.signal);
  return {
    outcome: 'added',
    node: run.parts.node,
    upstream: run.parts.upstream,
    copiedFrom: run.parts.source,
    method: run.adapter.method(run.want.method),
    position,
    steps: stepResults(summary),
    bytes: bytesCopied(summary),
    seconds: (Date.now() - began) / 1000,
    lag,
  };
};
