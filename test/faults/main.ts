import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { labUnavailable } from '../lab/setup.ts';
import { watchProcesses, type Watch } from '../e2e/support/secrets.ts';
import { choiceOf } from './choice.ts';
import { textOf, type Line } from './line.ts';
import { tracks } from './tracks.ts';
import { walk } from './walk.ts';

const usage = `npm run test:faults -- [TRACK…] [--few | --together] [--random N [--seed N]] [--only TEXT] [--report FILE]

  TRACK       ${Object.keys(tracks).join(', ')}; all of them by default
  --few       not the whole matrix (hours): each step, moment, signal, fault and ending once on each track
  --together  once on one track or another, and the tracks side by side
  --random    so many cases at random; the seed is printed, and the same seed draws the same cases
  --only      cases whose title has this text
  --report    where the report goes, a line a case; default: faults-report.txt
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    few: { type: 'boolean', default: false },
    together: { type: 'boolean', default: false },
    random: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
    report: { type: 'string', default: 'faults-report.txt' },
    help: { type: 'boolean', default: false },
  },
});

const named = positionals.length > 0 ? positionals : Object.keys(tracks);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const random = values.random === undefined ? undefined : { count: Number(values.random), seed };
const few = values.few ? 'few' : 'all';
const choose = choiceOf(named, { extent: values.together ? 'together' : few, random, only: values.only });

const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
  appendFileSync(values.report, `${text}\n`);
};
const walkOne = async (name: string, watch: Watch): Promise<readonly Line[]> =>
  walk(tracks[name]!, {
    choose: async (steps) => choose(name, steps),
    tell: (line) => tell(textOf(line)),
    watch,
  });

const walkAll = async (watch: Watch): Promise<readonly Line[]> => {
  if (values.together) return (await Promise.all(named.map(async (name) => walkOne(name, watch)))).flat();
  const lines: Line[] = [];
  for (const name of named) lines.push(...(await walkOne(name, watch)));
  return lines;
};

const unknown = named.filter((name) => tracks[name] === undefined);
const reason = labUnavailable();
if (values.help || unknown.length > 0) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else if (reason !== undefined) {
  process.stderr.write(`The matrix needs the lab: ${reason}.\n`);
  process.exitCode = 1;
} else {
  writeFileSync(values.report, '');
  if (random) tell(`seed ${seed}`);
  const watch = watchProcesses();
  const lines = await walkAll(watch).finally(() => watch.end());
  const failed = lines.filter(({ survived }) => !survived).length;
  tell(`\n${lines.length - failed} survived, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
