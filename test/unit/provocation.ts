import type { DatabaseAccess, Want } from '../../src/adapters/adapter.ts';

/** One way to be told a finding, by what is unlike a fleet in which nothing speaks against anything. */
export interface Provocation<Cast> {
  /** What is wrong, as the rest of "says CODE where …". */
  readonly when: string;
  readonly severity: 'error' | 'warning';
  readonly node: string;
  readonly cast: Cast;
  readonly database?: Partial<DatabaseAccess>;
  readonly want?: Partial<Want>;
  /** In the message: the values. */
  readonly says: readonly string[];
  /** In the hint: what to do. */
  readonly advises: readonly string[];
}

/** By the code of the finding. */
export type Provocations<Cast> = Readonly<Record<string, readonly Provocation<Cast>[]>>;
