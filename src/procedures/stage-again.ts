import type { Adapter, Want } from '../adapters/adapter.ts';
import type { Session } from '../session.ts';
import type { RunStart } from '../workflow/journal-record.ts';
import { stage, type Parts, type Staged } from './cast.ts';
import { applyAllowed, enforce } from './findings.ts';
import { orGone } from './gone.ts';
import { allowedOf, parseInputs } from './inputs.ts';

/** Everyone who takes part in an unfinished run, and what speaks against touching it again. */
export const stageAgain = async (
  session: Session,
  adapter: Adapter,
  start: RunStart,
  waitTimeout: number,
): Promise<{ readonly parts: Parts; readonly staged: Staged; readonly want: Want }> => {
  const { parts, want: asked } = parseInputs(start.run, start.node, start.inputs);
  return orGone(start.run, async () => {
    const staged = await stage(session, adapter, parts);
    const { name: method } = adapter.method(asked.method, staged.facts);
    const want = { ...asked, method, waitTimeout };
    const findings = adapter.preflight(staged.facts, staged.nodes, want, true);
    enforce(applyAllowed(findings, allowedOf(start.inputs)), session.options.emit, true);
    return { parts, staged, want };
  });
};
