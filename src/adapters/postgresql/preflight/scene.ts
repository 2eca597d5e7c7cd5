import type { ReadingHost } from '../../../hosts/host.ts';
import type { Cast, Finding, Node, Want } from '../../adapter.ts';
import type { PostgresFacts } from '../facts.ts';

/** What every group of checks is handed. Checks are pure. */
export interface Scene {
  readonly facts: Cast<PostgresFacts>;
  readonly nodes: Cast<Node<ReadingHost>>;
  readonly want: Want;
}

export type Check = (scene: Scene) => readonly Finding[];
