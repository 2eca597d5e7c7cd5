import type { Host, LeaseGuard, ReadingHost } from '../hosts/host.ts';
import type { Json } from '../workflow/json.ts';
import type { Step, Warning } from '../workflow/step.ts';

export type { LeaseGuard };

export type Engine = 'postgresql' | 'mysql' | 'mariadb';
export type Method = 'auto' | 'basebackup' | 'clone' | 'dump' | 'mariabackup';

/** Where the admin password of a database comes from when there is no password-less login; already read. */
export interface DatabaseAccess {
  readonly port?: number | undefined;
  readonly dataDir?: string | undefined;
  readonly service?: string | undefined;
  readonly socket?: string | undefined;
  readonly binDir?: string | undefined;
  readonly adminUser?: string | undefined;
  /** Read when first needed; never kept. */
  readonly adminPassword?: (() => Promise<string>) | undefined;
  /** Source path → path on this node. */
  readonly tablespaces: Readonly<Record<string, string>>;
  readonly tls?: 'require' | 'verify-full' | 'off' | undefined;
}

/** One node of the fleet as an adapter sees it. */
export interface Node<H extends ReadingHost = Host> {
  readonly name: string;
  readonly fleet: string;
  readonly host: H;
  /** What other nodes use to reach its database. */
  readonly address: string;
  /** Its host is dead for good: what a run made there stays, and `host` refuses everything. Only for taking back what is elsewhere. */
  readonly gone?: true;
  /** Where its sshd listens; default: 22. */
  readonly sshPort?: number | undefined;
  readonly database: DatabaseAccess;
}

export interface Position {
  readonly lsn?: string;
  readonly timeline?: number;
  readonly file?: string;
  readonly position?: number;
  readonly gtid?: string;
}

export interface Lag {
  readonly bytes: number | null;
  readonly seconds: number | null;
  readonly transactions: number | null;
}

export interface Finding {
  /** `DISK_TOO_SMALL`: stable, for scripts. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly node: string;
  /** What is wrong, with the value. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  readonly evidence?: Json;
  /** An error that the operator may know better about: `--allow CODE` makes it a warning. */
  readonly allowable?: boolean;
}

/** What the operator asked for. */
export interface Want {
  readonly method: Method;
  readonly replace: boolean;
  readonly discardOld: boolean;
  readonly maxLag: { readonly bytes: number } | { readonly seconds: number };
  /** Seconds. */
  readonly waitTimeout: number;
  /** Bytes per second. */
  readonly rate?: number | undefined;
  readonly parallel?: number | undefined;
  /** Rows of a dump are compared, and pages of a clone are checked, by checksums; default: yes. */
  readonly checksums?: boolean | undefined;
  /** While it catches up, the follower may write less durably; put back before the run is done. */
  readonly fastCatchUp?: boolean | undefined;
}

export interface ChosenMethod {
  readonly name: Exclude<Method, 'auto'>;
  /** A clause for people. */
  readonly because: string;
}

/** What every engine's facts have, for the procedures. `F` of an adapter adds its own. */
export interface Facts {
  readonly node: string;
  /** /etc/machine-id: the same machine under two names is found by it. */
  readonly machineId: string;
  /** `none`: no server's data there. */
  readonly role: 'leader' | 'follower' | 'none' | 'unknown';
  readonly running: boolean;
  /** Why a server that runs gives no session. */
  readonly serverFailure?: string;
  /** OS user who owns the database files; the run's store on the host belongs to them. */
  readonly osUser: string;
  readonly stateDir: string;
}

/** The four parts of one procedure. `upstream` is what the follower will tail; `source` gives the snapshot. Often all three are one. */
export interface Cast<T> {
  readonly leader: T;
  readonly upstream: T;
  readonly source: T;
  readonly follower: T;
}

export interface PhaseContext<F extends Facts> {
  readonly run: string;
  readonly nodes: Cast<Node>;
  readonly facts: Cast<F>;
  /** Its method is the one that was chosen. */
  readonly want: Want;
  /** Why it was, for people; undefined where that is not known any more. */
  readonly because?: string | undefined;
  /** What the journal keeps as a step's intent, where a run is gone on with or taken back. */
  readonly intentOf?: ((step: string) => Json | undefined) | undefined;
  /** The follower's lease, for every destructive act; throws LEASE_LOST when there is none. */
  guard(): LeaseGuard;
}

export interface RemovalContext<F extends Facts> {
  readonly run: string;
  readonly fleet: string;
  /** The node to take out. */
  readonly name: string;
  readonly leader: { readonly node: Node; readonly facts: F };
  readonly upstream: { readonly node: Node; readonly facts: F };
  /** Absent when its host is gone: the upstream side only. */
  readonly follower?: { readonly node: Node; readonly facts: F; readonly guard: () => LeaseGuard };
}

/** What is true of an existing follower, against what is asked for. */
export type FollowerState =
  | { readonly state: 'absent' }
  /** Follows the wanted upstream and streams. */
  | { readonly state: 'healthy'; readonly evidence: string; readonly position: Position; readonly lag: Lag }
  | { readonly state: 'wrong-upstream' | 'broken'; readonly evidence: string; readonly hint: string };

export interface NodeStatus {
  readonly name: string;
  readonly role: 'leader' | 'follower' | 'standalone' | 'unknown';
  readonly state: 'running' | 'streaming' | 'catching-up' | 'stopped' | 'broken' | 'unreachable';
  /** Node name; an address where it is none of the fleet's; null on a leader. */
  readonly upstream: string | null;
  readonly position: Position | null;
  readonly lag: Lag | null;
  readonly slot: { readonly name: string; readonly state: string; readonly retainedBytes: number | null } | null;
  readonly readOnly: boolean | null;
  readonly version: string | null;
  readonly warnings: readonly Warning[];
}

/** A node that could be reached, or the reason why not. */
export type Reached =
  | { readonly name: string; readonly address: string; readonly node: Node<ReadingHost> }
  | { readonly name: string; readonly address: string; readonly failure: Error };

/** For a node that is to become a follower: the nodes whose database it must reach (tried from its host), and what it is to copy. */
export interface Target<F extends Facts> {
  readonly peers: readonly { readonly node: Node<ReadingHost>; readonly facts: F }[];
  readonly source: F;
  readonly leader: F;
}

export interface InspectOptions<F extends Facts> {
  readonly signal: AbortSignal;
  /** As a promise where the node is to be looked at while the others are. */
  readonly target?: Target<F> | Promise<Target<F>>;
}

/**
 * One database engine. Engines are told apart only behind this. Errors of every member: those of Host, and DATABASE_UNREACHABLE.
 */
export interface Adapter<F extends Facts = Facts> {
  readonly engine: Engine;
  /** Reads facts, changes nothing. `peers`: nodes whose database this one must be able to reach, tried from its host. */
  inspect(node: Node<ReadingHost>, options: InspectOptions<F>): Promise<F>;
  /**
   * Pure: what speaks against making `follower` a follower. Every finding, not only the first. `resuming`: the follower is half made already, so only what
   * the rest of the run needs is looked at.
   */
  preflight(facts: Cast<F>, nodes: Cast<Node<ReadingHost>>, want: Want, resuming?: boolean): readonly Finding[];
  /** Pure: is the wanted follower there already? */
  followerState(facts: Cast<F>, nodes: Cast<Node<ReadingHost>>): FollowerState;
  /** A consistent starting position exists and its log cannot vanish. */
  snapshot(context: PhaseContext<F>): readonly Step[];
  /** The bytes are on the follower, in a staging place. */
  transfer(context: PhaseContext<F>): readonly Step[];
  /** The follower runs, read-only, and follows from exactly that position. */
  configureTailing(context: PhaseContext<F>): readonly Step[];
  /** Proof that it caught up, and that it is what it says. */
  waitForLag(context: PhaseContext<F>): readonly Step[];
  /** Takes a follower out of the topology. */
  removeFollower(context: RemovalContext<F>): readonly Step[];
  /** Bytes behind the leader now, for results; by facts of before the run. A leader that gives no answer makes the lag unknown. */
  lag(
    nodes: Pick<Cast<Node<ReadingHost>>, 'leader' | 'follower'>,
    facts: Pick<Cast<F>, 'leader' | 'follower'>,
    signal: AbortSignal,
  ): Promise<{ lag: Lag; position: Position }>;
  /** The whole fleet as it really is. Never throws for a node that does not answer: its status says so. */
  survey(nodes: readonly Reached[], signal: AbortSignal): Promise<readonly NodeStatus[]>;
  /**
   * Pure: the method that `auto` becomes, and why. USAGE where the engine has no such method. Without facts only that is looked at. The phases are given
   * the method that was chosen.
   */
  method(asked: Method, facts?: Cast<F>): ChosenMethod;
}
