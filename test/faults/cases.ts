/** Where in a step a run is disturbed: as it begins, a moment later or at its first word of progress, when it has ended. */
export const whens = ['before', 'inside', 'after'] as const;
export const signals = ['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT'] as const;
/** What comes after: resume with the journal, with its last line torn, from a machine that knows nothing; or the run is taken back. */
export const endings = ['resume', 'torn', 'elsewhere', 'abandon'] as const;

export const commands = ['add-follower', 'remove-follower'] as const;

export type When = (typeof whens)[number];
export type Ending = (typeof endings)[number];
export type Command = (typeof commands)[number];

/** The steps that each command takes, in their order. */
export type Steps = Readonly<Record<Command, readonly string[]>>;

export interface Case {
  readonly command: Command;
  readonly step: string;
  readonly when: When;
  /** A signal for replctl, or the name of a fault. */
  readonly blow: string;
  readonly ending: Ending;
}

export const titleOf = ({ step, when, blow, ending }: Case): string => `${blow}, ${when} ${step}, then ${ending}`;

/**
 * Every signal before, in and after every step; every fault in every step. The endings take turns, so that each step and each blow meets each of them
 * somewhere; a run is also abandoned at each step.
 */
export const matrix = (steps: Steps, faults: readonly string[]): readonly Case[] => {
  let turn = 0;
  const next = (): Ending => endings[turn++ % endings.length]!;
  return commands.flatMap((command) => {
    const killed = steps[command].flatMap((step, at) => {
      turn = at;
      return whens.flatMap((when) => signals.map((blow): Case => ({ command, step, when, blow, ending: next() })));
    });
    const struck = faults.flatMap((blow, at) => {
      turn = at;
      return steps[command].map((step): Case => ({ command, step, when: 'inside', blow, ending: next() }));
    });
    return [...killed, ...struck];
  });
};

const marksOf = ({ step, when, blow, ending }: Case): readonly string[] => [
  `step ${step}`,
  `when ${when}`,
  `blow ${blow}`,
  `ending ${ending}`,
];

/** Which of the cases adds the most to what was met; undefined where none adds anything. */
const best = (cases: readonly Case[], met: ReadonlySet<string>): Case | undefined => {
  const gain = (one: Case): number => marksOf(one).filter((mark) => !met.has(mark)).length;
  let found: Case | undefined;
  for (const one of cases) if (gain(one) > (found ? gain(found) : 0)) found = one;
  return found;
};

/** What there is to choose from, and what is chosen anyhow. */
export interface Ground {
  readonly cases: readonly Case[];
  readonly always: readonly Case[];
}

/**
 * Few cases of each ground, in which each step, each moment, each blow and each ending is met on one ground or another. They choose in turns, so that all
 * have about as many.
 */
export const coveringTogether = (grounds: readonly Ground[]): readonly (readonly Case[])[] => {
  const chosen = grounds.map(({ always }): Case[] => [...always]);
  const met = new Set(chosen.flat().flatMap(marksOf));
  for (let added = true; added;) {
    added = false;
    for (const [at, { cases }] of grounds.entries()) {
      const one = best(cases, met);
      if (!one) continue;
      chosen[at]!.push(one);
      for (const mark of marksOf(one)) met.add(mark);
      added = true;
    }
  }
  return chosen;
};

/** The same for one ground alone. */
export const covering = (ground: Ground): readonly Case[] => coveringTogether([ground])[0]!;

/** Removals right after additions that made the follower for them: half of the followers need not be made on purpose. */
export const interleaved = (cases: readonly Case[]): readonly Case[] => {
  const [additions, removals] = commands.map((command) => cases.filter((one) => one.command === command));
  const rounds = Math.max(additions!.length, removals!.length);
  return Array.from({ length: rounds }, (_, at) => [additions![at], removals![at]])
    .flat()
    .filter((one) => one !== undefined);
};

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

/** So many cases, the same ones for the same seed: any blow at any moment, with any ending. */
export const drawn = (
  steps: Steps,
  faults: readonly string[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly Case[] => {
  const random = randomFrom(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  // As often as it has steps.
  const all = commands.flatMap((command) => steps[command].map((step) => ({ command, step })));
  return Array.from({ length: count }, () => ({
    ...one(all),
    when: one(whens),
    blow: one([...signals, ...faults]),
    ending: one(endings),
  }));
};
