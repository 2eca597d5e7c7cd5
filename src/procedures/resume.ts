import type { Session } from '../session.ts';
import { stage } from './cast.ts';
import type { ResumeOptions, ResumeResult } from './contract.ts';
import { applyAllowed, enforce } from './findings.ts';
import { carryOut } from './follower-run.ts';
import { allowedOf, parseInputs } from './inputs.ts';
import { continueRemoval } from './remove-follower.ts';
import { chooseRun } from './unfinished.ts';

/** Goes on with an unfinished run, from wherever the world stands. */
export const resume = async (session: Session, options: ResumeOptions): Promise<ResumeResult> => {
  const start = await chooseRun(session, options, 'resume');
  await session.localStore.ensureWritable();
  if (start.command === 'remove-follower') return continueRemoval(session, start);
  const adapter = await session.adapter();
  const { parts, want } = parseInputs(start.run, start.node, start.inputs);
  const staged = await stage(session, adapter, parts);
  const { name: method } = adapter.method(want.method, staged.facts);
  const wanted = { ...want, method, waitTimeout: options.waitTimeout ?? 3600 };
  const findings = adapter.preflight(staged.facts, staged.nodes, wanted, true);
  enforce(applyAllowed(findings, allowedOf(start.inputs)), session.options.emit, true);
  return carryOut(session, { adapter, parts, staged, want: wanted, start, resumed: true });
};
