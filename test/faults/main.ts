import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { labUnavailable } from '../lab/setup.ts';
import { blows } from './blows.ts';
import { covering, drawn, matrix, titleOf, type Case, type Steps } from './cases.ts';
import { tracks } from './tracks.ts';
import { walk, type Line } from './walk.ts';

const usage = `npm run test:faults -- [TRACK…] [--few] [--random N [--seed N]] [--only TEXT] [--report FILE]

  TRACK      ${Object.keys(tracks).join(', ')}; all of them by default
  --few      not the whole matrix (hours): each step, moment, signal, fault and ending once
  --random   so many cases at random; the seed is printed, and the same seed draws the same cases
  --only     cases whose title has this text
  --report   where the report goes, a line a case; default: faults-report.txt
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    few: { type: 'boolean', default: false },
    random: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    report: { type: 'string', default: 'faults-report.txt' },
    help: { type: 'boolean', default: false },
  },
});

const names = blows.map(({ name }) => name);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));

const choose = (steps: Steps): readonly Case[] => {
  const whole =
    values.random === undefined ? matrix(steps, names) : drawn(steps, names, { count: Number(values.random), seed });
  const asked = whole.filter((one) => titleOf(one).includes(values.only ?? ''));
  return values.few ? covering(asked) : asked;
};

const textOf = ({ track, title, survived, how, seconds, ratio, failure }: Line): string => {
  const bytes = ratio === null ? '-' : `${ratio.toFixed(2)} × the bytes`;
  const line = [survived ? 'survived' : 'FAILED', track, title, `${seconds.toFixed(0)} s`, bytes, how].join(' | ');
  return failure === undefined ? line : `${line}\n${failure.replaceAll(/^/gm, '    ')}`;
};

const unknown = positionals.filter((name) => tracks[name] === undefined);
const reason = labUnavailable();
if (values.help || unknown.length > 0) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else if (reason !== undefined) {
  process.stderr.write(`The matrix needs the lab: ${reason}.\n`);
  process.exitCode = 1;
} else {
  writeFileSync(values.report, values.random === undefined ? '' : `seed ${seed}\n`);
  if (values.random !== undefined) process.stdout.write(`seed ${seed}\n`);
  const lines: Line[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(tracks))
    lines.push(
      ...(await walk(tracks[name]!, choose, (line) => {
        process.stdout.write(`${textOf(line)}\n`);
        appendFileSync(values.report, `${textOf(line)}\n`);
      })),
    );
  const failed = lines.filter(({ survived }) => !survived).length;
  process.stdout.write(`\n${lines.length - failed} survived, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
