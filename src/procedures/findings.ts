import { ReplctlError } from '../errors.ts';
import type { Adapter, Finding, Want } from '../adapters/adapter.ts';
import type { Staged } from './cast.ts';
import type { Emit } from '../workflow/events.ts';

/** Findings that the operator allowed become warnings; one that cannot be allowed stays what it is. */
export const applyAllowed = (findings: readonly Finding[], allow: readonly string[]): readonly Finding[] =>
  findings.map((finding) =>
    finding.allowable && allow.includes(finding.code) ? { ...finding, severity: 'warning' } : finding,
  );

/**
 * What speaks against making the follower anew. One that is there, but broken or elsewhere, is its own finding: that its data is in the way
 * would be the lesser truth.
 */
export const findingsFor = (adapter: Adapter, { facts, nodes }: Staged, want: Want): readonly Finding[] => {
  const state = adapter.followerState(facts, nodes);
  const findings = adapter.preflight(facts, nodes, want);
  if (want.replace || state.state === 'absent' || state.state === 'healthy') return findings;
  const code = state.state === 'broken' ? 'FOLLOWER_BROKEN' : 'WRONG_UPSTREAM';
  const { evidence: message, hint } = state;
  const there: Finding = { code, severity: 'error', node: nodes.follower.name, message, hint };
  return [there, ...findings.filter((finding) => finding.code !== 'DATA_PRESENT')];
};

/** Warnings are told; errors end the procedure, all of them named. `changed`: the run had begun before. */
export const enforce = (findings: readonly Finding[], emit: Emit, changed: boolean): void => {
  for (const { severity, code, message, hint, node } of findings) {
    if (severity === 'warning') emit({ event: 'warning', code, message, hint, node });
  }
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return;
  const more =
    errors.length > 1
      ? ` (and ${errors.length - 1} more: ${errors
          .slice(1)
          .map(({ code }) => code)
          .join(', ')})`
      : '';
  throw new ReplctlError({
    code: changed ? 'STEP_FAILED' : 'PREFLIGHT_REFUSED',
    message: `${first.code}: ${first.message}${more}`,
    hint: first.hint,
    node: first.node,
    details: { findings: errors },
  });
};
