import type { Finding } from '../../adapter.ts';
import { collationChecks } from './collation.ts';
import type { Scene } from './scene.ts';
import { serverChecks } from './servers.ts';
import { spaceChecks } from './space.ts';
import { targetChecks } from './target.ts';
import { upstreamChecks } from './upstream.ts';

/** All that speaks against making the follower, errors first. Pure. */
export const preflight = (scene: Scene): readonly Finding[] =>
  [...serverChecks, ...targetChecks, ...upstreamChecks, ...spaceChecks, ...collationChecks]
    .flatMap((check) => check(scene))
    .sort((a, b) => a.severity.localeCompare(b.severity));
