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

type Said = Omit<Finding, 'severity'>;
export const error = (finding: Said): Finding => ({ severity: 'error', ...finding });
export const warning = (finding: Said): Finding => ({ severity: 'warning', ...finding });

export const gigabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
