import type { Engine } from './engine.ts';
import type { Screen } from './screen.ts';

/** Where both servers of the demo lie on this machine. */
export interface Places {
  readonly directory: string;
  /** Holds the servers' sockets. */
  readonly sockets: string;
  readonly leaderPort: number;
  readonly followerPort: number;
}

export interface LeaderOptions extends Places {
  /** Where the engine's programs are. */
  readonly binDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** An engine whose servers can be run here without root. */
export interface LocalEngine {
  readonly engine: Engine;
  /** Makes a server in `leader` and starts it. */
  startLeader(options: LeaderOptions): Promise<void>;
  fleetFile(places: Places): string;
  /** By which client programs find a server: variables of their environment, and words that come first. */
  reaching(
    places: Places,
    node: 'leader' | 'follower',
  ): { readonly env: NodeJS.ProcessEnv; readonly words: readonly string[] };
  /** Ends the server in that directory by its own means, where one runs. */
  stop(binDir: string, dataDir: string): Promise<void>;
}
