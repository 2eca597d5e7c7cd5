import { ReplctlError } from '../../errors.ts';

/** Inclusive. */
interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** MySQL's GTID set: who (`uuid`, or `uuid:tag` from 8.3 on) → intervals, sorted and apart. */
export type GtidSet = ReadonlyMap<string, readonly Interval[]>;

const merge = (intervals: readonly Interval[]): readonly Interval[] => {
  const merged: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const previous = merged.at(-1);
    if (previous === undefined || interval.first > previous.last + 1n) merged.push(interval);
    else if (interval.last > previous.last) merged[merged.length - 1] = { first: previous.first, last: interval.last };
  }
  return merged;
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads `uuid:1-5:7,uuid2:1` and, from 8.3 on, `uuid:1-5:tag:1-3`. White space is of no account. FAILED for anything else. */
export const parseGtidSet = (text: string): GtidSet => {
  const found = new Map<string, Interval[]>();
  const wrong = (): ReplctlError =>
    new ReplctlError({ code: 'FAILED', message: `${JSON.stringify(text.slice(0, 200))} is no GTID set` });
  for (const part of text.toLowerCase().replaceAll(/\s/g, '').split(',').filter(Boolean)) {
    const [source = '', ...fields] = part.split(':');
    if (!uuid.test(source) || fields.length === 0) throw wrong();
    let who = source;
    for (const field of fields) {
      const range = /^(\d+)(?:-(\d+))?$/.exec(field);
      if (range) {
        const first = BigInt(range[1]!);
        found.set(who, [...(found.get(who) ?? []), { first, last: BigInt(range[2] ?? range[1]!) }]);
      } else if (/^[a-z_][a-z0-9_]{0,31}$/.test(field)) who = `${source}:${field}`;
      else throw wrong();
    }
  }
  return new Map([...found].map(([who, intervals]) => [who, merge(intervals)]));
};

const subtractIntervals = (from: readonly Interval[], away: readonly Interval[]): readonly Interval[] => {
  let left = from;
  for (const { first, last } of away) {
    left = left.flatMap((interval) => {
      if (last < interval.first || first > interval.last) return [interval];
      const before = interval.first < first ? [{ first: interval.first, last: first - 1n }] : [];
      const after = interval.last > last ? [{ first: last + 1n, last: interval.last }] : [];
      return [...before, ...after];
    });
  }
  return left;
};

/** What `from` has and `away` has not. */
export const subtract = (from: GtidSet, away: GtidSet): GtidSet => {
  const left = [...from].map(([who, intervals]) => [who, subtractIntervals(intervals, away.get(who) ?? [])] as const);
  return new Map(left.filter(([, intervals]) => intervals.length > 0));
};

export const union = (a: GtidSet, b: GtidSet): GtidSet => {
  const who = new Set([...a.keys(), ...b.keys()]);
  return new Map([...who].map((name) => [name, merge([...(a.get(name) ?? []), ...(b.get(name) ?? [])])]));
};

export const countOf = (set: GtidSet): number =>
  Number([...set.values()].flat().reduce((sum, { first, last }) => sum + last - first + 1n, 0n));

/** As a server reads it, tagged intervals as sets of their own. */
export const formatGtidSet = (set: GtidSet): string =>
  [...set]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([who, intervals]) =>
      [who, ...intervals.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))].join(':'),
    )
    .join(',');
