import type { Session } from '../session.ts';
import { abandonRun } from '../workflow/undo.ts';
import { stage } from './cast.ts';
import { stepResults } from './conduct.ts';
import type { AbandonOptions, AbandonResult } from './contract.ts';
import { applyAllowed, enforce } from './findings.ts';
import { conductFollowerRun } from './follower-run.ts';
import { allowedOf, parseInputs } from './inputs.ts';
import { abandonRemoval } from './remove-follower.ts';
import { chooseRun } from './unfinished.ts';

/** Takes back what an unfinished run left, last first, and puts back what it set aside. */
export const abandon = async (session: Session, options: AbandonOptions): Promise<AbandonResult> => {
  const start = await chooseRun(session, options, 'abandon');
  await options.confirm(
    `Abandon run ${start.run} (${start.command} ${start.node})? What it made is taken back, what it set aside is put back.`,
  );
  if (start.command === 'remove-follower') return abandonRemoval(session, start);
  const adapter = await session.adapter();
  const { parts, want } = parseInputs(start.run, start.node, start.inputs);
  const staged = await stage(session, adapter, parts);
  const { name: method } = adapter.method(want.method, staged.facts);
  const wanted = { ...want, method, waitTimeout: 0 };
  const findings = adapter.preflight(staged.facts, staged.nodes, wanted, true);
  enforce(applyAllowed(findings, allowedOf(start.inputs)), session.options.emit, true);
  const summary = await conductFollowerRun(
    session,
    { adapter, parts, staged, want: wanted, start, resumed: true },
    { work: (run) => abandonRun({ ...run, reason: 'asked for' }) },
  );
  return {
    run: start.run,
    node: start.node,
    undone: stepResults(summary)
      .filter(({ state }) => state === 'undone')
      .toReversed(),
  };
};
