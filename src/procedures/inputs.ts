import { ReplctlError } from '../errors.ts';
import type { Method, Want } from '../adapters/adapter.ts';
import type { Json } from '../workflow/json.ts';
import type { Parts } from './cast.ts';

export type Fields = { readonly [key: string]: Json };

/** Everything that makes an add-follower run this one and not another. How long to wait is not part of it. */
export const inputsOf = (parts: Parts, want: Want): Fields => ({
  upstream: parts.upstream,
  source: parts.source,
  method: want.method,
  replace: want.replace,
  discardOld: want.discardOld,
  maxLag: { ...want.maxLag },
  rate: want.rate ?? null,
  parallel: want.parallel ?? null,
  checksums: want.checksums ?? true,
  fastCatchUp: want.fastCatchUp ?? false,
});

const flags: Readonly<Record<string, string>> = {
  upstream: '--upstream',
  source: '--copy-from',
  method: '--method',
  replace: '--replace',
  discardOld: '--discard-old',
  'maxLag.bytes': '--max-lag (bytes)',
  'maxLag.seconds': '--max-lag (seconds)',
  rate: '--rate',
  parallel: '--parallel',
  checksums: '--no-checksums',
  fastCatchUp: '--fast-catch-up',
};

/** An input as the operator gives it. */
export const flagOf = (path: string): string => flags[path] ?? path;

const isFields = (json: Json | undefined): json is Fields =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const methods: readonly string[] = ['auto', 'basebackup', 'clone', 'dump', 'mariabackup'] satisfies readonly Method[];
const isMethod = (value: Json | undefined): value is Method => typeof value === 'string' && methods.includes(value);

/** What an unfinished run was asked for, without what was chosen for it and what was let pass when it began. */
export const askedFor = (inputs: Json): Json => {
  if (!isFields(inputs)) return inputs;
  const { chosen: _chosen, allowed: _allowed, ...asked } = inputs;
  return asked;
};

/** The method that `auto` became when the run began: it stays that, whatever the servers look like by now. */
export const chosenMethod = (inputs: Json): Method | undefined => {
  const chosen = isFields(inputs) ? inputs['chosen'] : undefined;
  return isMethod(chosen) && chosen !== 'auto' ? chosen : undefined;
};

/** Codes of the findings that the operator took the responsibility for when the run began: nobody is asked twice. */
export const allowedOf = (inputs: Json): readonly string[] => {
  const allowed = isFields(inputs) ? inputs['allowed'] : undefined;
  return Array.isArray(allowed) ? allowed.filter((code) => typeof code === 'string') : [];
};

const lagOf = (json: Json | undefined): Want['maxLag'] | undefined => {
  if (!isFields(json)) return undefined;
  if (typeof json['bytes'] === 'number') return { bytes: json['bytes'] };
  return typeof json['seconds'] === 'number' ? { seconds: json['seconds'] } : undefined;
};

const optionalNumber = (json: Json | undefined): number | undefined => (typeof json === 'number' ? json : undefined);

/** What a journal says was asked for. A journal may come from a host: nothing in it is believed without a look. */
export const parseInputs = (
  run: string,
  node: string,
  inputs: Json,
): { parts: Parts; want: Omit<Want, 'waitTimeout'> } => {
  const maxLag = isFields(inputs) ? lagOf(inputs['maxLag']) : undefined;
  if (
    !isFields(inputs) ||
    maxLag === undefined ||
    !isMethod(inputs['method']) ||
    typeof inputs['upstream'] !== 'string' ||
    typeof inputs['source'] !== 'string'
  ) {
    throw new ReplctlError({
      code: 'RUN_NOT_FOUND',
      node,
      message: `The journal of run ${run} does not say what was asked for`,
      hint: 'Was it written by another version of replctl? Give the add-follower command again, with a new run.',
    });
  }
  return {
    parts: { node, upstream: inputs['upstream'], source: inputs['source'] },
    want: {
      method: chosenMethod(inputs) ?? inputs['method'],
      replace: inputs['replace'] === true,
      discardOld: inputs['discardOld'] === true,
      maxLag,
      rate: optionalNumber(inputs['rate']),
      parallel: optionalNumber(inputs['parallel']),
      checksums: inputs['checksums'] !== false,
      fastCatchUp: inputs['fastCatchUp'] === true,
    },
  };
};
