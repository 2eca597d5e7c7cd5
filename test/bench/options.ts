import { parseArgs } from 'node:util';

export interface Link {
  readonly name: string;
  /** As `tc` writes it; absent: no limit. */
  readonly rate?: string;
}

export interface Options {
  /** pgbench's: 130 is about 2 GB. */
  readonly scale: number;
  /** Turns of all three at each link. */
  readonly rounds: number;
  readonly links: readonly Link[];
}

export const usage = `npm run bench:postgresql -- [--scale 130] [--rounds 3] [--links 1gbit,200mbit,unlimited]

  --scale    of the pgbench data, 15 MB each; REPLCTL_BENCH_SCALE does the same
  --rounds   turns of all three ways at each link
  --links    rates as tc writes them
`;

const positive = (text: string, what: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${what} is a whole number above 0, not ${text}`);
};

const linkOf = (rate: string): Link =>
  rate === 'unlimited' ? { name: rate } : { name: rate.replace(/(\d)(?=[a-z])/, '$1 ').replace('bit', 'bit/s'), rate };

/** Undefined where only the usage is asked for. */
export const readOptions = (
  args: string[],
  env: NodeJS.ProcessEnv,
  defaults = { scale: '130', rounds: '3', links: '1gbit,200mbit,unlimited' },
): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      scale: { type: 'string', default: env['REPLCTL_BENCH_SCALE'] ?? defaults.scale },
      rounds: { type: 'string', default: defaults.rounds },
      links: { type: 'string', default: defaults.links },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    scale: positive(values.scale, '--scale'),
    rounds: positive(values.rounds, '--rounds'),
    links: values.links.split(',').map(linkOf),
  };
};
