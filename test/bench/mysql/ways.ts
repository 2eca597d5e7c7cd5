import type { Link } from '../options.ts';
import type { Replctl } from '../replctl.ts';
import { loadAverage } from '../stage.ts';
import { byBackup, byClone, byDump } from './by-hand.ts';
import { limit, reset, type Flavour, type MysqlStage } from './stage.ts';

/** One of replctl's methods, beside what it is measured by. */
export interface Way {
  readonly method: 'clone' | 'dump' | 'mariabackup';
  readonly hand: string;
  readonly byHand: (stage: MysqlStage) => Promise<number>;
  readonly argv: readonly string[];
  /** Of the time by hand. */
  readonly most: number;
}

export const ways: Readonly<Record<Flavour, readonly Way[]>> = {
  mysql: [
    { method: 'dump', hand: 'mysqldump | mysql', byHand: byDump, argv: ['--no-checksums'], most: 0.35 },
    { method: 'clone', hand: 'CLONE INSTANCE', byHand: byClone, argv: ['--no-checksums'], most: 1.2 },
  ],
  mariadb: [
    { method: 'dump', hand: 'mariadb-dump | mariadb', byHand: byDump, argv: ['--no-checksums'], most: 0.4 },
    { method: 'mariabackup', hand: 'mariadb-backup | mbstream', byHand: byBackup, argv: [], most: 1.2 },
  ],
};

export interface Turns {
  readonly way: Way;
  readonly link: Link;
  readonly byHand: readonly number[];
  readonly replctl: readonly number[];
  /** Of the last turn: where the seconds went. */
  readonly steps: readonly string[];
}

export interface Race {
  readonly stage: MysqlStage;
  readonly replctl: Replctl;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Both in turns, so that what else the box does hits each alike. */
export const race = async ({ stage, replctl, rounds, say }: Race, way: Way, link: Link): Promise<Turns> => {
  const turns = { byHand: [] as number[], replctl: [] as number[] };
  let steps: readonly string[] = [];
  await limit(stage, link);
  for (let round = 0; round < rounds; round++) {
    await reset(stage);
    turns.byHand.push(await way.byHand(stage));
    say(`${link.name}, ${way.hand}: ${turns.byHand.at(-1)?.toFixed(1)} s (load ${await loadAverage()})`);
    await reset(stage);
    const measured = await replctl.run(['add-follower', 'follower', '--method', way.method, ...way.argv]);
    turns.replctl.push(measured.seconds);
    steps = measured.events.flatMap((event) =>
      event.event === 'step-done' ? [`${event.step} ${event.seconds.toFixed(1)}`] : [],
    );
    say(`${link.name}, replctl ${way.method}: ${measured.seconds.toFixed(1)} s (load ${await loadAverage()})`);
  }
  return { way, link, ...turns, steps };
};
