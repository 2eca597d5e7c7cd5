import { columns } from '../../src/report/columns.ts';
import { bytes } from '../../src/report/units.ts';
import type { Measured } from './replctl.ts';
import type { Row } from './rounds.ts';
import type { Starts } from './starts.ts';
import { median } from './statistics.ts';
import { breakdown } from './steps.ts';

const verdict = (held: boolean): string => (held ? 'held' : 'MISSED');

const lineOf = (link: Row['link'], figure: string, times: readonly [number, number, number]): readonly string[] => {
  const [hand, theirs, ours] = times;
  const most = 1.15 * hand + 3;
  return [
    link.name,
    figure,
    ...times.map((seconds) => `${seconds.toFixed(1)} s`),
    (ours / hand).toFixed(2),
    `≤ ${most.toFixed(1)} s: ${verdict(ours <= most)}`,
    (ours / theirs).toFixed(2),
    link.rate === undefined ? '' : `≤ 0.50: ${verdict(ours <= 0.5 * theirs)}`,
  ];
};

/** Work of others only ever adds to a time: where there is much of it, the best turn of each says more than the median. */
const raceLines = ({ link, byHand, repmgr, replctl }: Row): readonly (readonly string[])[] => {
  const all = [byHand, repmgr, replctl.map(({ seconds }) => seconds)] as const;
  const of = (pick: (values: readonly number[]) => number): readonly [number, number, number] => [
    pick(all[0]),
    pick(all[1]),
    pick(all[2]),
  ];
  return [
    lineOf(link, 'median', of(median)),
    lineOf(
      link,
      'best',
      of((values) => Math.min(...values)),
    ),
  ];
};

const raceHead = [
  'link',
  '',
  'by hand',
  'repmgr',
  'replctl',
  '÷ by hand',
  '1.15 × by hand + 3 s',
  '÷ repmgr',
  'wanted',
];

export const raceTable = async (rows: readonly Row[]): Promise<string[]> => columns(rows.flatMap(raceLines), raceHead);

/** Medians of each step's seconds, links side by side. */
export const stepTable = async (rows: readonly Row[]): Promise<string[]> => {
  const runs = rows.map(({ replctl }) => replctl.map(breakdown));
  const names = new Set(runs.flat().flatMap((parts) => [...parts.keys()]));
  const lines = [...names].map((name) => [
    name,
    ...runs.map((ofLink) => median(ofLink.map((parts) => parts.get(name) ?? 0)).toFixed(2)),
  ]);
  const all = ['all but the copy and its verification'].concat(
    runs.map((ofLink) =>
      median(
        ofLink.map((parts) =>
          [...parts].reduce((sum, [name, s]) => (/^transfer\.(copy|verify)$/.test(name) ? sum : sum + s), 0),
        ),
      ).toFixed(2),
    ),
  );
  const cpu = ['replctl’s own processor time'].concat(
    rows.map(({ replctl }) => median(replctl.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)),
  );
  return columns([...lines, all, cpu], ['seconds of replctl', ...rows.map(({ link }) => link.name)]);
};

const mebi = 1024 * 1024;

export const memoryLine = (size: number, runs: readonly Measured[]): readonly string[] => {
  const peak = Math.max(...runs.map(({ peakBytes }) => peakBytes));
  return [
    `peak memory of replctl, ${bytes(size)} copied`,
    `${Math.round(peak / mebi)} MiB`,
    `≤ 150: ${verdict(peak <= 150 * mebi)}`,
  ];
};

export const startLine = ({ command, milliseconds, bare }: Starts, most: number): readonly string[] => [
  command,
  `${Math.round(milliseconds)} ms`,
  `≤ ${most}: ${verdict(milliseconds <= most)}`,
  `node -e 0: ${Math.round(bare)} ms`,
];

export const smallTable = async (lines: readonly (readonly string[])[]): Promise<string[]> => columns(lines);
