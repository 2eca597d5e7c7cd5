import { ReplctlError } from '../errors.ts';
import type { Finding } from '../adapters/adapter.ts';
import type { Emit } from '../workflow/events.ts';

/** Findings that the operator allowed become warnings; one that cannot be allowed stays what it is. */
export const applyAllowed = (findings: readonly Finding[], allow: readonly string[]): readonly Finding[] =>
  findings.map((finding) =>
    finding.allowable && allow.includes(finding.code) ? { ...finding, severity: 'warning' } : finding,
  );

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
