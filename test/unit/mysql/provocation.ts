import type { DatabaseAccess, Want } from '../../../src/adapters/adapter.ts';
import type { UnlikeCast } from './facts.ts';

export interface Provocation {
  /** What is wrong, as the rest of "says CODE where …". */
  readonly when: string;
  readonly severity: 'error' | 'warning';
  readonly node: string;
  readonly cast: UnlikeCast;
  readonly database?: Partial<DatabaseAccess>;
  readonly want?: Partial<Want>;
  /** In the message: the values. In the hint: what to do. */
  readonly says: readonly string[];
  readonly advises: readonly string[];
}

/** By the code of the finding. */
export type Provocations = Readonly<Record<string, readonly Provocation[]>>;
