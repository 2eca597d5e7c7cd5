import { isDeepStrictEqual } from 'node:util';
import { ReplctlError } from '../errors.ts';
import type { Json } from './json.ts';
import type { RunSummary } from './run-summary.ts';

export interface Difference {
  /** `want.method` */
  readonly path: string;
  /** Undefined: not there. */
  readonly was: Json | undefined;
  readonly is: Json | undefined;
}

const isObject = (json: Json | undefined): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Where two inputs differ, down to the value. */
export const differences = (was: Json | undefined, is: Json | undefined, path = ''): readonly Difference[] => {
  if (isDeepStrictEqual(was, is)) return [];
  if (!isObject(was) || !isObject(is)) return [{ path, was, is }];
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].flatMap((key) => differences(was[key], is[key], path === '' ? key : `${path}.${key}`));
};

const show = (json: Json | undefined): string => {
  if (json === undefined || json === null || json === false) return 'not given';
  return json === true ? 'given' : JSON.stringify(json);
};

/** The refusal to go on with an unfinished run under other inputs: RUN_DIFFERS, naming each difference as `nameOf` its path says. */
export const runDiffers = (
  run: RunSummary,
  found: readonly Difference[],
  nameOf: (path: string) => string = (path) => path,
): ReplctlError => {
  const list = found.map(({ path, was, is }) => `${nameOf(path)} was ${show(was)} and is now ${show(is)}`).join('; ');
  return new ReplctlError({
    code: 'RUN_DIFFERS',
    message: `There is an unfinished run ${run.run} on ${run.node} with other inputs: ${list}.`,
    hint: `Go on with it as it began: replctl resume ${run.run}; or take it back first: replctl abandon ${run.run}`,
    node: run.node,
    details: { run: run.run, differences: found },
  });
};
