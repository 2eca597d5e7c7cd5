import type { Finding } from '../../adapter.ts';
import { error } from '../../finding.ts';
import { methodNamed } from '../methods.ts';
import { encryption } from './encryption.ts';
import type { Check, Scene } from './scene.ts';
import { serverChecks } from './servers.ts';
import { spaceChecks } from './space.ts';
import { targetChecks } from './target.ts';
import { upstreamChecks } from './upstream.ts';

const ofMethod: Check = (scene) => {
  const { layout } = scene.facts.follower;
  if (!layout) return [];
  const method = methodNamed(layout.flavour, scene.method);
  if (method === undefined) return [];
  const objection = method.objection(scene.facts);
  if (objection !== undefined)
    return [
      error({
        code: 'METHOD_UNUSABLE',
        node: scene.facts.follower.node,
        message: `--method ${method.name} cannot be used here: ${objection}`,
        hint: 'Name another --method, or mend what it says.',
      }),
    ];
  return method.findings(scene);
};

/** All that speaks against making the follower, errors first; of a run that goes on, only what its rest depends on. Pure. */
export const preflight = (scene: Scene, resuming: boolean): readonly Finding[] =>
  (resuming
    ? serverChecks
    : [...serverChecks, ...targetChecks, ...upstreamChecks, ...spaceChecks, encryption, ofMethod]
  )
    .flatMap((check) => check(scene))
    .sort((a, b) => a.severity.localeCompare(b.severity));
