import type { Json } from './json.ts';
import type { Progress, Warning } from './step.ts';

/** What a run tells while it goes: feeds the renderers and the NDJSON event stream alike. `at` is ISO 8601, UTC. */
export type RunEvent = { readonly at: string } & (
  | {
      readonly event: 'run-started';
      readonly run: string;
      readonly command: string;
      readonly resumed: boolean;
      readonly steps: readonly { id: string; title: string; node: string }[];
    }
  | { readonly event: 'step-started'; readonly step: string; readonly node: string; readonly title: string }
  | {
      readonly event: 'step-skipped';
      readonly step: string;
      readonly node: string;
      readonly title: string;
      readonly evidence: string;
    }
  | ({ readonly event: 'step-progress'; readonly step: string; readonly node: string } & Progress)
  | {
      readonly event: 'step-done';
      readonly step: string;
      readonly node: string;
      readonly title: string;
      readonly seconds: number;
      readonly output?: Json;
    }
  | {
      readonly event: 'step-failed';
      readonly step: string;
      readonly node: string;
      readonly title: string;
      readonly seconds: number;
      readonly message: string;
      readonly hint?: string;
    }
  /** What follows is taken back, in this order. */
  | {
      readonly event: 'run-abandoning';
      readonly run: string;
      readonly command: string;
      readonly steps: readonly { id: string; title: string; node: string }[];
    }
  | { readonly event: 'step-undo-started'; readonly step: string; readonly node: string; readonly title: string }
  | {
      readonly event: 'step-undone';
      readonly step: string;
      readonly node: string;
      readonly title: string;
      readonly seconds: number;
    }
  | ({ readonly event: 'warning' } & Warning)
  | { readonly event: 'run-interrupted'; readonly run: string; readonly signal: string }
  /** Always the last one. `run` is null where the command ended before a run began. */
  | { readonly event: 'run-ended'; readonly run: string | null; readonly ok: boolean; readonly envelope: Json }
);

export type RunListener = (event: RunEvent) => void;

type Untimed<E> = E extends unknown ? Omit<E, 'at'> : never;
/** Emits one event; the emitter stamps the time. */
export type Emit = (event: Untimed<RunEvent>) => void;
