/** What came of a case. */
export interface Line {
  readonly track: string;
  readonly title: string;
  readonly survived: boolean;
  /** One line: what happened. */
  readonly how: string;
  readonly seconds: number;
  /** Bytes that were moved, by those of an undisturbed run; null where that cannot be told. */
  readonly ratio: number | null;
  /** All that is known of a failure. */
  readonly failure?: string;
}

/** As it stands in the report: one line, and below it all that is known of a failure. */
export const textOf = ({ track, title, survived, how, seconds, ratio, failure }: Line): string => {
  const bytes = ratio === null ? '-' : `${ratio.toFixed(2)} × the bytes`;
  const line = [survived ? 'survived' : 'FAILED', track, title, `${seconds.toFixed(0)} s`, bytes, how].join(' | ');
  return failure === undefined ? line : `${line}\n${failure.replaceAll(/^/gm, '    ')}`;
};
