import type { Json } from '../workflow/json.ts';

/** A truth that a step journaled before it changed anything. A journal may come from a host: what is not there is not true. */
export const saidYes = (intent: Json, name: string): boolean =>
  typeof intent === 'object' &&
  intent !== null &&
  !Array.isArray(intent) &&
  (intent as { readonly [key: string]: Json })[name] === true;
