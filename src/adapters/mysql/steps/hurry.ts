import type { Json } from '../../../workflow/json.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';

/** How often the follower makes sure that what it wrote is on the disk: while it hurries, once a second. */
const hurried = { innodb_flush_log_at_trx_commit: '2', sync_binlog: '0' } as const;

type Durability = Readonly<Record<keyof typeof hurried, string>>;

const names = Object.keys(hurried) as (keyof typeof hurried)[];

export const readDurability = async (work: Work, signal: AbortSignal): Promise<Durability> => {
  const [row] = await ask<Durability>(
    placeOn(work, 'follower'),
    signal,
    `SELECT ${names.map((name) => `@@GLOBAL.${name} AS ${name}`).join(', ')}`,
  );
  return row!;
};

const set = async (work: Work, durability: Durability, signal: AbortSignal): Promise<void> => {
  const settings = names.map((name) => `GLOBAL ${name} = ${durability[name]}`);
  await ask(placeOn(work, 'follower'), signal, `SET ${settings.join(', ')}`);
};

/** What a journal says of before; a journal may come from a host. */
const parse = (intent: Json): Durability | undefined => {
  if (typeof intent !== 'object' || intent === null || Array.isArray(intent)) return undefined;
  const fields = intent as { readonly [key: string]: Json };
  const values = names.map((name) => fields[name]);
  if (!values.every((value) => typeof value === 'string' && /^\d+$/.test(value))) return undefined;
  return Object.fromEntries(names.map((name, at) => [name, values[at]])) as Durability;
};

export const beginHurry = async (work: Work, signal: AbortSignal): Promise<void> => set(work, hurried, signal);

/** Puts back what was there before this run hurried; where a restart did that already nothing is lost. */
export const endHurry = async (work: Work, intent: Json, signal: AbortSignal): Promise<void> => {
  const before = parse(intent);
  if (before) await set(work, before, signal);
};
