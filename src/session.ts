import type { Fleet } from './fleet/fleet.ts';
import { loadFleet } from './fleet/load.ts';
import type { FleetSurroundings } from './fleet/source.ts';
import type { Drawing } from './workflow/drawing.ts';
import type { Emit } from './workflow/events.ts';
import type { Interrupts } from './workflow/interrupts.ts';

export interface SessionOptions {
  /** As typed: `add-follower`, `runs show`. */
  readonly command: string;
  /** Where the fleet file is looked for, and the environment. */
  readonly surroundings: FleetSurroundings;
  readonly interrupts: Interrupts;
  readonly emit: Emit;
  /** Draws the steps while they run; undefined where they are only told in the events. */
  readonly drawing: Drawing | undefined;
  readonly logLevel: 'info' | 'debug';
}

export interface Session {
  readonly options: SessionOptions;
  /** Read when first asked for. */
  fleet(): Promise<Fleet>;
  /** Ends every connection; jobs on hosts go on. Idempotent. */
  close(): Promise<void>;
}

export const openSession = (options: SessionOptions): Session => {
  let fleet: Promise<Fleet> | undefined;
  return {
    options,
    fleet: () => (fleet ??= loadFleet(options.surroundings)),
    close: async () => {},
  };
};
