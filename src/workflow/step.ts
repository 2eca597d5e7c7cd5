import type { Json } from './json.ts';

/** What a step would do, for the dry run and the audit trail. `text` holds no secret. */
export interface PlannedAction {
  readonly node: string;
  readonly kind: 'run' | 'job' | 'sql' | 'file' | 'wait';
  /** OS user or database role. */
  readonly as?: string | undefined;
  readonly text: string;
}

/** `total`, `rate` and `eta` are absent where they are not known. Bytes, bytes per second, seconds. */
export interface Progress {
  readonly bytes?: number;
  readonly total?: number;
  readonly rate?: number;
  readonly eta?: number;
  /** A short phrase: "copying", "waiting for the checkpoint". */
  readonly phase?: string;
  /** While catching up. */
  readonly lagBytes?: number;
  readonly lagSeconds?: number;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly node?: string | undefined;
}

export interface ProbeContext {
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP: start nothing new, leave jobs running. */
  readonly signal: AbortSignal;
  /**
   * Journaled output of an earlier step of this run; undefined where it has not run. A run that another machine began has its journal
   * from the follower, so that this is input from outside: check its shape and its values before they reach a command.
   */
  readonly output: (stepId: string) => Json | undefined;
}

export interface StepContext extends ProbeContext {
  /** What this step journaled before it first changed anything, in this or an earlier attempt; null where there is none. To be checked as `output` is. */
  readonly intent: Json;
  readonly progress: (progress: Progress) => void;
  readonly warn: (warning: Warning) => void;
}

export type Probe =
  | { readonly state: 'absent'; readonly evidence?: string }
  | { readonly state: 'partial'; readonly evidence: string }
  | { readonly state: 'done'; readonly evidence: string; readonly output?: Json };

/**
 * One step of a procedure. For each: probe → done? skip : journal the intent (fsynced here and on the changed host) → apply → probe
 * again (anything but done is a failure) → journal the output (fsynced here; on the host with the next intent, before that is acted on).
 * The probe decides; the journal only remembers.
 */
export interface Step {
  /** Unique in the procedure: `phase.name`. */
  readonly id: string;
  /** A short phrase for the screen: "create the replication role on db1". */
  readonly title: string;
  /** The node that it changes. */
  readonly node: string;
  /** Plain JSON without secrets. A resume whose step inputs differ is a different step: its old output is forgotten, its intent kept for undo. */
  readonly input: Json;
  /**
   * What the world says. Changes nothing. Where later steps need this step's output, `done` must carry it: a run that was killed
   * between apply and the journal has no other source. An output that the journal has already wins over it.
   */
  probe(context: ProbeContext): Promise<Probe>;
  /** What apply would do from nothing, as text without secrets. Pure. */
  plan(): readonly PlannedAction[];
  /** All that undo will need and that is gone once apply has run (prior setting, aside path, job handle). Changes nothing. */
  intent?(context: ProbeContext): Promise<Json>;
  /** Idempotent and cancellable; what a later step or a human needs is its output. */
  apply(context: StepContext): Promise<Json | void>;
  /** Takes back what apply did; idempotent; nothing there is fine. */
  undo?(context: StepContext): Promise<void>;
  /**
   * A failure here means that the run's beginnings do not hold: undo all steps of the run and report PREFLIGHT_REFUSED (exit 3). Not
   * where a host could not be reached, and not once a later step has begun: hours of copying are not taken back.
   */
  readonly refusesRun?: boolean;
  /** Everything that it creates is named after the run, so that abandon undoes it on the probe's word where the journal was lost. */
  readonly namedAfterRun?: boolean;
}
