import type { Session } from '../session.ts';
import { chooseParts, stage } from './cast.ts';
import type { CheckOptions, CheckResult } from './contract.ts';
import { applyAllowed, findingsFor } from './findings.ts';

/** The preflight alone; changes nothing. */
export const check = async (session: Session, options: CheckOptions): Promise<CheckResult> => {
  const adapter = await session.adapter();
  const { node: _node, upstream: _upstream, copyFrom: _copyFrom, allow, ...want } = options;
  adapter.method(want.method);
  const { parts, warnings } = await chooseParts(session, options);
  for (const warning of warnings) session.options.emit({ event: 'warning', ...warning });
  const staged = await stage(session, adapter, parts);
  const chosen = { ...want, method: adapter.method(want.method, staged.facts).name };
  const result = { node: parts.node, upstream: parts.upstream, copiedFrom: parts.source };
  const { state } = adapter.followerState(staged.facts, staged.nodes);
  if (state === 'healthy') return { ...result, already: true, passed: true, findings: [] };
  const findings = applyAllowed(findingsFor(adapter, staged, chosen), allow);
  return { ...result, already: false, passed: findings.every(({ severity }) => severity !== 'error'), findings };
};
