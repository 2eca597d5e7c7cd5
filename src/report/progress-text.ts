import type { Progress } from '../workflow/step.ts';
import { printable } from './printable.ts';
import { bytes, duration, percent, rate } from './units.ts';

const barWidth = 20;

const bar = (part: number, whole: number, unicode: boolean): string => {
  const full = Math.round(Math.min(1, Math.max(0, part / whole)) * barWidth);
  const [on, off] = unicode ? ['█', '░'] : ['#', '.'];
  return `[${on.repeat(full)}${off.repeat(barWidth - full)}]`;
};

const amount = ({ bytes: done, total }: Progress): string | undefined => {
  if (done === undefined) return undefined;
  return total === undefined ? bytes(done) : `${bytes(done)} of ${bytes(total)}`;
};

const behind = ({ lagBytes, lagSeconds }: Progress): string | undefined => {
  if (lagBytes === undefined && lagSeconds === undefined) return undefined;
  if (lagBytes === undefined) return `${duration(lagSeconds ?? 0)} behind`;
  return `${bytes(lagBytes)}${lagSeconds === undefined ? '' : ` (${duration(lagSeconds)})`} behind`;
};

const pace = (progress: Progress): string | undefined =>
  progress.rate === undefined ? undefined : rate(progress.rate);
const left = ({ eta }: Progress): string | undefined => (eta === undefined ? undefined : `${duration(eta)} left`);

const join = (parts: readonly (string | undefined)[], separator: string): string =>
  parts.filter((part) => part !== undefined && part !== '').join(separator);

/** For one line on a screen: `copying  [████░░] 44 %  1.4 GB of 3.2 GB  112 MB/s  16 s left` */
export const progressLine = (progress: Progress, unicode: boolean): string => {
  const { bytes: done, total, phase } = progress;
  const share =
    done === undefined || total === undefined ? undefined : `${bar(done, total, unicode)} ${percent(done, total)}`;
  const parts = [phase && printable(phase), share, amount(progress), behind(progress), pace(progress), left(progress)];
  return join(parts, '  ');
};

/** For a sentence: `copying, 1.4 GB of 3.2 GB (44 %) at 112 MB/s, 16 s left` */
export const progressPhrase = (progress: Progress): string => {
  const { bytes: done, total, phase } = progress;
  const share = done === undefined || total === undefined ? undefined : `(${percent(done, total)})`;
  const at = pace(progress);
  const what = join([amount(progress) ?? behind(progress), share, at && `at ${at}`], ' ');
  return join([phase && printable(phase), what, left(progress)], ', ');
};
