import type { ReadingHost } from '../../../hosts/host.ts';
import type { Cast, Finding, Node, Want } from '../../adapter.ts';
import type { MysqlFacts } from '../facts.ts';
import type { MethodName } from '../work.ts';

/** What every group of checks is handed. Checks are pure. */
export interface Scene {
  readonly facts: Cast<MysqlFacts>;
  readonly nodes: Cast<Node<ReadingHost>>;
  readonly want: Want;
  /** The way that the data is to come. */
  readonly method: MethodName;
}

export type Check = (scene: Scene) => readonly Finding[];
