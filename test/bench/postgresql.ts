import { cpus } from 'node:os';
import { writeFleetFile } from '../lab/fleet-file.ts';
import { labUnavailable } from '../lab/setup.ts';
import { bytes } from '../../src/report/units.ts';
import { readOptions, usage, type Options } from './options.ts';
import { buildReplctl } from './replctl.ts';
import { race, type Row } from './rounds.ts';
import { clusterBytes, limit, loadData, openStage, reset } from './stage.ts';
import { timeStarts } from './starts.ts';
import { memoryLine, raceTable, smallTable, startLine, stepTable } from './table.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n\n`);

/** A tenth of the data: memory must not grow with it. */
const small = (scale: number): number => Math.max(1, Math.round(scale / 10));

const bench = async ({ scale, rounds, links }: Options): Promise<void> => {
  const stage = await openStage(say);
  const { lab, leader, follower, third } = stage;
  try {
    const follows = new Map([
      [leader, undefined],
      [follower, leader],
      [third, leader],
    ]);
    const replctl = await buildReplctl(lab.directory, await writeFleetFile(lab, { follows }));

    await loadData(stage, small(scale));
    await reset(stage, 'server');
    const smallSize = await clusterBytes(stage);
    const smallRun = await replctl.run(['add-follower', 'follower']);
    say(`${bytes(smallSize)} copied once, for the compile cache and the memory`);

    await loadData(stage, scale);
    const size = await clusterBytes(stage);
    const rows: Row[] = [];
    for (const link of links) rows.push(await race({ stage, replctl, rounds, say }, link));

    await limit(stage, { name: 'unlimited' });
    await third.postgres.start();
    await replctl.run(['add-follower', 'third', '--replace']);
    const status = timeStarts(replctl, ['status'], 9);
    const version = timeStarts(replctl, ['--version'], 21);

    print([
      `${bytes(size)} (pgbench -i -s ${scale}), ${rounds} turns of each; ${cpus().length} processors for all machines of the lab`,
    ]);
    print(await raceTable(rows));
    print(await stepTable(rows));
    const runs = rows.flatMap((row) => row.replctl);
    print(
      await smallTable([
        memoryLine(smallSize, [smallRun]),
        memoryLine(size, runs),
        startLine({ ...status, command: 'replctl status, three machines' }, 1000),
        startLine(version, 100),
      ]),
    );
  } finally {
    await lab.destroy();
  }
};

const options = readOptions(process.argv.slice(2), process.env);
const reason = labUnavailable();
if (options === undefined) process.stdout.write(usage);
else if (reason === undefined) await bench(options);
else say(`The bench needs the lab: ${reason}.`);
