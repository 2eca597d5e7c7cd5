import type { Finding } from '../../adapter.ts';
import { collationChecks } from './collation.ts';
import type { Scene } from './scene.ts';
import { serverChecks } from './servers.ts';
import { spaceChecks } from './space.ts';
import { targetChecks } from './target.ts';
import { upstreamChecks } from './upstream.ts';

/** All that speaks against making the follower, errors first; of a run that goes on, only what its rest depends on. Pure. */
export const preflight = (scene: Scene, resuming: boolean): readonly Finding[] =>
  (resuming ? serverChecks : [...serverChecks, ...targetChecks, ...upstreamChecks, ...spaceChecks, ...collationChecks])
    .flatMap((check) => check(scene))
    .sort((a, b) => a.severity.localeCompare(b.severity));
