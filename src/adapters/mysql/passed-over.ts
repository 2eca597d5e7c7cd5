import type { ServerFacts } from './facts.ts';

export interface FilterRow extends Record<string, string> {
  readonly name: string;
  readonly value: string;
}

/** Which of these a server has depends on its version; and what it says where nothing is passed over. */
const variables = {
  replica_skip_errors: 'OFF',
  slave_skip_errors: 'OFF',
  replica_exec_mode: 'STRICT',
  slave_exec_mode: 'STRICT',
  replicate_do_db: '',
  replicate_do_table: '',
  replicate_ignore_db: '',
  replicate_ignore_table: '',
  replicate_rewrite_db: '',
  replicate_wild_do_table: '',
  replicate_wild_ignore_table: '',
} as const;

/** A server that knows both words for one thing answers to both. */
const isOldWord = (name: string, settings: ServerFacts['settings']): boolean =>
  name.startsWith('slave_') && name.replace('slave_', 'replica_') in settings;

/** By its option file, so that every follower made of it would: `name = value`. */
export const passedOver = (settings: ServerFacts['settings'], filters: readonly FilterRow[]): readonly string[] => [
  ...Object.entries(variables).flatMap(([name, nothing]) => {
    const value = settings[name as keyof typeof variables] ?? nothing;
    return value === '' || value === nothing || isOldWord(name, settings) ? [] : [`${name} = ${value}`];
  }),
  ...filters.map(({ name, value }) => `${name} = ${value}`),
];

/** With what is set for one channel alone, whose name is all that a server tells in a row of its status. */
export const leavesOut = ({
  passedOver: own,
  replica,
}: Pick<ServerFacts, 'passedOver' | 'replica'>): readonly string[] => {
  const channels = new Set(replica.flatMap(({ filters }) => filters.map((name) => name.toLowerCase())));
  return [...own, ...[...channels].filter((name) => !own.some((line) => line.startsWith(`${name} `)))];
};
