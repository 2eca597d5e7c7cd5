import { told, type Ended } from '../e2e/support/replctl.ts';
import type { Blow } from './blows.ts';
import type { Case } from './cases.ts';
import { goOn, isDone, isUndone, Refusal, tear, wasDone } from './going-on.ts';
import type { Track } from './track.ts';

const onNode = ['--node', 'follower'];

export interface Ending {
  readonly track: Track;
  readonly blow: Blow;
  readonly wanted: Case;
  readonly args: readonly string[];
  readonly said: string[];
  /** What was said so far; the run's own words first. */
  readonly outputs: Ended[];
}

/** As the case wants it; a run that cannot be gone on with, as its blow foretells, is taken back. */
export const end = async ({ track, blow, wanted, args, said, outputs }: Ending): Promise<'done' | 'taken back'> => {
  const [first] = outputs as [Ended];
  if (isDone(first)) return 'done';
  const elsewhere = wanted.ending === 'elsewhere';
  const operator = elsewhere ? track.elsewhere : track.replctl;
  if (isUndone(first)) return 'taken back';
  if (wanted.ending !== 'abandon') {
    if (wanted.ending === 'torn') tear(track.replctl);
    try {
      const otherwise = elsewhere ? args : undefined;
      outputs.push(...(await goOn(operator, { args: ['resume', ...onNode], otherwise, said })));
      return 'done';
    } catch (error) {
      if (error instanceof Refusal && isUndone(error.ended)) return 'taken back';
      if (!(error instanceof Refusal) || !blow.refusal?.test(error.message))
        throw new Error(`${error instanceof Error ? error.message : String(error)}\nthe run itself: ${told(first)}`, {
          cause: error,
        });
    }
  }
  outputs.push(...(await goOn(operator, { args: ['abandon', ...onNode, '--yes'], said })));
  return wasDone(outputs.at(-1)!) ? 'done' : 'taken back';
};
