import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { labUnavailable } from '../lab/setup.ts';
import { watchProcesses, type Watch } from '../e2e/support/secrets.ts';
import { choiceOf, expectedSeconds } from './choice.ts';
import { textOf } from './line.ts';
import { tracks } from './tracks.ts';
import { walk, type Walked } from './walk.ts';

const usage = `npm run test:faults -- [TRACK…] [--few | --together] [--random N [--seed N]] [--only TEXT] [--minutes N]
                              [--report FILE]

  TRACK       ${Object.keys(tracks).join(', ')}; all of them by default
  --few       not the whole matrix (hours): each step, moment, signal, fault and ending once on each track
  --together  once on one track or another, and the tracks side by side
  --random    so many cases at random; the seed is printed, and the same seed draws the same cases
  --only      cases whose title has this text
  --minutes   no case is begun that would take longer than that; those that are left out are told
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
    minutes: { type: 'string' },
    report: { type: 'string', default: 'faults-report.txt' },
    help: { type: 'boolean', default: false },
  },
});

const named = positionals.length > 0 ? positionals : Object.keys(tracks);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const random = values.random === undefined ? undefined : { count: Number(values.random), seed };
const few = values.few ? 'few' : 'all';
const choose = choiceOf(named, { extent: values.together ? 'together' : few, random, only: values.only });

const deadline = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;

const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
  appendFileSync(values.report, `${text}\n`);
};
const walkOne = async (name: string, watch: Watch): Promise<Walked> =>
  walk(tracks[name]!, {
    choose: async (steps) => choose(name, steps),
    tell: (line) => tell(textOf(line)),
    fits: (one) => Date.now() + expectedSeconds(one) * 1000 <= deadline,
    watch,
  });

const walkAll = async (watch: Watch): Promise<readonly Walked[]> => {
  if (values.together) return Promise.all(named.map(async (name) => walkOne(name, watch)));
  const walked: Walked[] = [];
  for (const name of named) walked.push(await walkOne(name, watch));
  return walked;
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
  const walked = await walkAll(watch).finally(() => watch.end());
  const [lines, leftOut] = [walked.flatMap((one) => one.lines), walked.flatMap((one) => one.leftOut)];
  for (const title of leftOut) tell(`no time | ${title}`);
  const failed = lines.filter(({ survived }) => !survived).length;
  tell(`\n${lines.length - failed} survived, ${failed} failed, ${leftOut.length} left out`);
  process.exitCode = failed === 0 ? 0 : 1;
}
