import type { DatabaseAccess, Want } from '../../../../src/adapters/adapter.ts';
import type { UnlikeCast } from '../facts.ts';

export interface Provocation {
  /** What is wrong, as the rest of "it is found that …". */
  readonly when: string;
  readonly severity: 'error' | 'warning';
  readonly node: string;
  readonly cast: UnlikeCast;
  readonly database?: Partial<DatabaseAccess>;
  readonly want?: Partial<Want>;
  /** In the message: the values. */
  readonly says: readonly string[];
  /** In the hint: what to do. */
  readonly advises: readonly string[];
}
