import { type ErrorCode, ReplctlError, isReplctlError, withContext } from '../errors.ts';
import { signalOf } from './interrupts.ts';
import type { Step } from './step.ts';

/** These say all there is to say about how the run ended. */
const passing: readonly ErrorCode[] = ['NOT_CAUGHT_UP', 'LEASE_LOST', 'LEASE_HELD'];
/** A host that is gone: says nothing about whether the run can succeed. */
const unreachable: readonly ErrorCode[] = ['HOST_UNREACHABLE', 'OUTCOME_UNKNOWN'];
/** Exit 7, as long as nothing was changed. */
const connecting: readonly ErrorCode[] = [
  'HOST_UNREACHABLE',
  'HOST_KEY_UNKNOWN',
  'HOST_KEY_CHANGED',
  'AUTHENTICATION_FAILED',
  'DATABASE_UNREACHABLE',
];

const has = (codes: readonly ErrorCode[], error: unknown): boolean =>
  isReplctlError(error) && codes.includes(error.code);

/** Stopped from outside; the step itself did not fail. */
export const isStop = (error: unknown): boolean => signalOf(error) !== undefined || has(['LEASE_LOST'], error);

/** The failure of a step that speaks against the run itself, not against the way to the host. */
export const isRefusal = (failure: unknown): boolean =>
  has(['STEP_FAILED'], failure) && !has(unreachable, (failure as Error).cause);

const sentence = (text: string): string => (/[.!?)]$/.test(text) ? text : `${text}.`);

/** `resume` and `abandon`, after what the failure itself suggests. */
export const nextHint = (hint: string | undefined, run: string): string => {
  const next = `replctl resume ${run}, or take it back with: replctl abandon ${run}`;
  if (hint === undefined) return `Go on with: ${next}`;
  return hint.includes(`replctl resume ${run}`) ? hint : `${sentence(hint)} Then: ${next}`;
};

export interface FailureContext {
  readonly run: string;
  /** Something may have been changed already. */
  readonly changed: boolean;
}

/** The error of a step as the run reports it. */
export const stepFailure = (step: Step, error: unknown, { run, changed }: FailureContext): ReplctlError => {
  const known = isReplctlError(error) ? error : undefined;
  const context = { step: step.id, node: known?.node ?? step.node };
  if (known !== undefined && (isStop(known) || has(passing, known) || (!changed && has(connecting, known)))) {
    return withContext(known, context);
  }
  if (known?.code === 'STEP_FAILED') return withContext(known, { ...context, hint: nextHint(known.hint, run) });
  const message = error instanceof Error ? error.message : String(error);
  return new ReplctlError({
    ...context,
    code: 'STEP_FAILED',
    message: `Step "${step.title}" failed: ${message}`,
    hint: nextHint(known?.hint, run),
    retryable: known?.retryable ?? false,
    details: { ...known?.details, ...(known === undefined ? {} : { reason: known.code }) },
    cause: error,
  });
};
