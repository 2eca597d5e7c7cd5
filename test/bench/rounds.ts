import { byHand, byRepmgr } from './by-hand.ts';
import type { Link } from './options.ts';
import type { Measured, Replctl } from './replctl.ts';
import { limit, loadAverage, reset, type Stage } from './stage.ts';

export interface Row {
  readonly link: Link;
  readonly byHand: readonly number[];
  readonly repmgr: readonly number[];
  readonly replctl: readonly Measured[];
}

export interface Race {
  readonly stage: Stage;
  readonly replctl: Replctl;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** All three in turns, so that what else the box does hits each alike. */
export const race = async ({ stage, replctl, rounds, say }: Race, link: Link): Promise<Row> => {
  const row = { link, byHand: [] as number[], repmgr: [] as number[], replctl: [] as Measured[] };
  await limit(stage, link);
  const tell = async (way: string, seconds: number): Promise<void> =>
    say(`${link.name}, ${way}: ${seconds.toFixed(1)} s (load ${await loadAverage()})`);
  for (let round = 0; round < rounds; round++) {
    await reset(stage, 'empty');
    const hand = await byHand(stage);
    row.byHand.push(hand);
    await tell('by hand', hand);

    await reset(stage, 'empty');
    const repmgr = await byRepmgr(stage);
    row.repmgr.push(repmgr);
    await tell('repmgr', repmgr);

    await reset(stage, 'server');
    const measured = await replctl.run(['add-follower', 'follower']);
    row.replctl.push(measured);
    await tell('replctl', measured.seconds);
  }
  return row;
};
