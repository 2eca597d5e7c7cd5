import { cpus } from 'node:os';
import { columns } from '../../src/report/columns.ts';
import { bytes } from '../../src/report/units.ts';
import { writeFleetFile } from '../lab/fleet-file.ts';
import { labUnavailable } from '../lab/setup.ts';
import { dataBytes, loadData, openMysqlStage, type Flavour } from './mysql/stage.ts';
import { race, ways, type Turns, type Way } from './mysql/ways.ts';
import { readOptions, type Options } from './options.ts';
import { buildReplctl } from './replctl.ts';

const usage = `npm run bench:mysql -- [mysql] [mariadb] [clone] [dump] [mariabackup] [--scale 1500] [--rounds 1] [--links unlimited,200mbit]

Engines and methods that are named are measured, all where none is.

  --scale    thousands of rows of each of the four tables: 1500 is about 1.6 GB
  --rounds   turns of each way at each link
  --links    rates as tc writes them
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n\n`);

const asked = process.argv.slice(2);
const methods = ['clone', 'dump', 'mariabackup'];
const isAsked = ({ method }: Way): boolean => asked.includes(method) || !methods.some((name) => asked.includes(name));

const line = ({ way, link, byHand, replctl }: Turns): readonly string[] => {
  const [theirs, ours] = [Math.min(...byHand), Math.min(...replctl)];
  const ratio = ours / theirs;
  return [
    link.name,
    way.hand,
    `${theirs.toFixed(1)} s`,
    `replctl, ${way.method}`,
    `${ours.toFixed(1)} s`,
    ratio.toFixed(2),
    `≤ ${way.most}: ${ratio <= way.most ? 'held' : 'MISSED'}`,
  ];
};

const benchOf = async (flavour: Flavour, { scale, rounds, links }: Options): Promise<void> => {
  const stage = await openMysqlStage(flavour, say);
  const { lab, leader, follower } = stage;
  try {
    const follows = new Map([
      [leader, undefined],
      [follower, leader],
    ]);
    const replctl = await buildReplctl(lab.directory, await writeFleetFile(lab, { follows }));
    await loadData(stage, scale);
    print([
      `${leader.engine} ${await leader.mysql.sql('SELECT VERSION()')}: ${bytes(await dataBytes(stage))}, four tables of ${scale} thousand rows, ${rounds} turns of each, the best counts; ${cpus().length} processors for both machines`,
    ]);
    const turns: Turns[] = [];
    for (const link of links)
      for (const way of ways[flavour].filter(isAsked))
        turns.push(await race({ stage, replctl, rounds, say }, way, link));
    print(await columns(turns.map(line), ['link', 'by hand', '', 'replctl', '', 'ratio', 'wanted']));
    for (const { way, link, steps } of turns) print([`${way.method}, ${link.name}: ${steps.join(' · ')}`]);
  } finally {
    await lab.destroy();
  }
};

const defaults = { scale: '1500', rounds: '1', links: 'unlimited,200mbit' };
const engines = (['mysql', 'mariadb'] as const).filter((engine) => asked.includes(engine));
const names = ['mysql', 'mariadb', ...methods];
const options = readOptions(
  asked.filter((word) => !names.includes(word)),
  process.env,
  defaults,
);
const reason = labUnavailable();
if (options === undefined) process.stdout.write(usage);
else if (reason === undefined)
  for (const flavour of engines.length > 0 ? engines : (['mysql', 'mariadb'] as const)) await benchOf(flavour, options);
else say(`The bench needs the lab: ${reason}.`);
