import { ReplctlError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { RunSummary } from '../workflow/run-summary.ts';
import type { RunOptions } from '../workflow/runner.ts';
import { abandonRun, closeRun } from '../workflow/undo.ts';
import { conduct, stepResults } from './conduct.ts';
import type { AbandonOptions, AbandonResult } from './contract.ts';
import { conductFollowerRun, type FollowerRun } from './follower-run.ts';
import { mustBeGone, stageWithout } from './gone.ts';
import { parseInputs } from './inputs.ts';
import { abandonRemoval } from './remove-follower.ts';
import { stageAgain } from './stage-again.ts';
import { chooseRun } from './unfinished.ts';

const reason = (gone: readonly string[]): string =>
  gone.length === 0 ? 'asked for' : `asked for; gone: ${gone.join(', ')}`;

/** What the run did on a follower that is gone is gone with it. */
const takeBack =
  (follower: string, gone: readonly string[]) =>
  async (run: RunOptions): Promise<void> => {
    const steps = run.steps.filter(({ node }) => node !== follower || !gone.includes(follower));
    await abandonRun({ ...run, steps, gone, reason: reason(gone) });
  };

/** As far as it can be looked at without those that are gone; undefined where nobody is left. */
const without = async (
  session: Session,
  start: RunSummary,
  gone: readonly string[],
): Promise<Pick<FollowerRun, 'parts' | 'staged' | 'want'> | undefined> => {
  const adapter = await session.adapter();
  const { parts, want } = parseInputs(start.run, start.node, start.inputs);
  const staged = await stageWithout(session, adapter, parts, gone);
  const { name: method } = adapter.method(want.method);
  return staged && { parts, staged, want: { ...want, method, waitTimeout: 0 } };
};

const abandonAddition = async (session: Session, start: RunSummary, gone: readonly string[]): Promise<RunSummary> => {
  const adapter = await session.adapter();
  const known = gone.length > 0 ? await without(session, start, gone) : await stageAgain(session, adapter, start, 0);
  if (known === undefined)
    return conduct(session, {
      start,
      resumed: true,
      steps: () => [],
      work: async (run) => closeRun(run, reason(gone)),
    });
  const work = takeBack(start.node, gone);
  return conductFollowerRun(session, { adapter, ...known, start, resumed: true }, { work });
};

/** Takes back what an unfinished run left, last first, and puts back what it set aside. */
export const abandon = async (session: Session, options: AbandonOptions): Promise<AbandonResult> => {
  const gone = [...new Set(options.gone)];
  if (options.node !== undefined && gone.includes(options.node))
    throw new ReplctlError({
      code: 'USAGE',
      message: `A run cannot be looked for on ${options.node}, which --gone says is gone`,
      hint: 'Name the run instead, on a machine that knows it: replctl runs.',
    });
  const start = await chooseRun(session, options, 'abandon');
  const but = gone.length === 0 ? '' : ` What it made on ${gone.join(' and ')} stays there.`;
  await options.confirm(
    `Abandon run ${start.run} (${start.command} ${start.node})? What it made is taken back, what it set aside is put back.${but}`,
  );
  await mustBeGone(session, gone, start.node);
  if (start.command === 'remove-follower') return abandonRemoval(session, start, gone);
  const summary = await abandonAddition(session, start, gone);
  return {
    run: start.run,
    node: start.node,
    undone: stepResults(summary)
      .filter(({ state }) => state === 'undone')
      .toReversed(),
  };
};
