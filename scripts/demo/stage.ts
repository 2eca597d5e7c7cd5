import type { CommandOptions, CommandResult } from '../../test/lab/command.ts';
import type { Engine } from './engine.ts';
import type { Screen } from './screen.ts';

/** One of the two servers. */
export interface Server {
  /** Runs one of the engine's client programs against it, as its administrator. A non-zero exit is a result. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

/** Where the demo takes place. The leader runs; the follower is not one yet. */
export interface Stage {
  readonly engine: Engine;
  readonly leader: Server;
  readonly follower: Server;
  /** Holds `replctl.yaml`: commands are typed here. */
  readonly directory: string;
  /** The program and the environment that `replctl` stands for. */
  readonly replctl: { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** Takes everything away again, whatever state it is in. Throws where something is left. */
  close(): Promise<void>;
}

export interface StageOptions {
  /** The checkout. */
  readonly root: string;
  readonly screen: Screen;
  /** Aborted by Ctrl-C: what the stage was about to make is taken away, and the promise rejects. */
  readonly signal: AbortSignal;
}
