import type * as shared from '../../provocation.ts';
import type { UnlikeCast } from '../facts.ts';

export type Provocation = shared.Provocation<UnlikeCast>;
export type Provocations = shared.Provocations<UnlikeCast>;
