import { ReplctlError } from '../errors.ts';
import type { FollowerState, LeaseGuard } from '../adapters/adapter.ts';
import type { Session } from '../session.ts';
import { differences, runDiffers } from '../workflow/run-differs.ts';
import { newRunId } from '../workflow/run-id.ts';
import type { RunSummary } from '../workflow/run-summary.ts';
import { chooseParts, stage, type Parts } from './cast.ts';
import type { AddFollowerOptions, AddFollowerResult } from './contract.ts';
import { applyAllowed, enforce, findingsFor } from './findings.ts';
import { carryOut, followerSteps, methodOf, type FollowerRun } from './follower-run.ts';
import { allowedOf, askedFor, chosenMethod, flagOf, inputsOf } from './inputs.ts';
import { additionOf, localPlace, refuseUnfinishedRemoval, unfinishedOf } from './unfinished.ts';

const nothing = { copiedFrom: null, method: null, steps: [], bytes: null };

const already = (
  parts: Parts,
  state: Extract<FollowerState, { state: 'healthy' }>,
  seconds: number,
): AddFollowerResult => ({
  ...nothing,
  outcome: 'already',
  node: parts.node,
  upstream: parts.upstream,
  position: state.position,
  lag: state.lag,
  seconds,
});

const planned = (run: FollowerRun, seconds: number): AddFollowerResult => {
  const guard = (): LeaseGuard => ({
    path: `${run.staged.facts.follower.stateDir}/lease`,
    epoch: 0,
    owner: run.staged.facts.follower.osUser,
  });
  const plan = followerSteps(run, guard).map((step) => ({
    id: step.id,
    node: step.node,
    title: step.title,
    actions: step.plan(),
  }));
  return {
    ...nothing,
    outcome: 'planned',
    node: run.parts.node,
    upstream: run.parts.upstream,
    copiedFrom: run.parts.source,
    method: methodOf(run.want),
    position: null,
    lag: null,
    seconds,
    plan,
  };
};

/** The one procedure for a new run, an unfinished one of the same inputs, and a follower that is there already. */
export const addFollower = async (session: Session, options: AddFollowerOptions): Promise<AddFollowerResult> => {
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  const { emit } = session.options;
  const [fleet, adapter] = await Promise.all([session.fleet(), session.adapter()]);
  const { node: _node, upstream: _upstream, copyFrom: _copyFrom, dryRun, allow, ...asked } = options;
  adapter.method(asked.method);
  const { parts, warnings } = await chooseParts(session, options);
  if (!dryRun) await session.localStore.ensureWritable();
  const staged = await stage(session, adapter, parts);
  const { nodes, facts } = staged;
  const inputs = inputsOf(parts, asked);

  const store = await session.runStore(nodes.follower, facts.follower);
  const places = [localPlace(session), { name: parts.node, store }];
  const findRuns = async (): Promise<readonly RunSummary[]> => unfinishedOf(parts.node, fleet.name, places);
  const runs = await findRuns();
  const unfinished = additionOf(runs);
  const different = unfinished ? differences(askedFor(unfinished.inputs), inputs) : [];
  if (unfinished && different.length > 0) throw runDiffers(unfinished, different, flagOf);

  for (const warning of warnings) emit({ event: 'warning', ...warning });
  const resuming = unfinished !== undefined;
  const before = unfinished && chosenMethod(unfinished.inputs);
  const { name: method, because } = adapter.method(before ?? asked.method, facts);
  const want = { ...asked, method };
  if (!resuming) {
    const state = adapter.followerState(facts, nodes);
    if (state.state === 'healthy') return already(parts, state, seconds());
    refuseUnfinishedRemoval(runs);
  }
  const findings = resuming ? adapter.preflight(facts, nodes, want, true) : findingsFor(adapter, staged, want);
  const allowed = [...allow, ...(unfinished ? allowedOf(unfinished.inputs) : [])];
  enforce(applyAllowed(findings, allowed), emit, resuming);

  const start = unfinished ?? {
    run: newRunId(new Date(), Math.random),
    command: 'add-follower',
    node: parts.node,
    fleet: fleet.name,
    engine: fleet.engine,
    inputs: { ...inputs, chosen: method, allowed },
  };
  const run: FollowerRun = {
    adapter,
    parts,
    staged,
    want,
    because: before ? undefined : because,
    start,
    resumed: resuming,
  };
  if (dryRun) return planned(run, seconds());
  const stillFirst = async (): Promise<void> => {
    const now = additionOf(await findRuns());
    if (now?.run === unfinished?.run) return;
    throw new ReplctlError({
      code: 'LEASE_HELD',
      node: parts.node,
      message: `Another run for ${parts.node} came first${now ? ` (${now.run})` : ''}`,
      hint: 'Give the command again: it goes on with what is there.',
      retryable: true,
    });
  };
  return { ...(await carryOut(session, run, stillFirst)), seconds: seconds() };
};
