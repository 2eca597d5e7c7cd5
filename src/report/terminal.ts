import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
type Environment = Readonly<Record<string, string | undefined>>;

/** What can be shown where text is written to. */
export interface Terminal {
  /** Characters other than ASCII. */
  readonly unicode: boolean;
  /** Columns of a terminal; undefined for a file or a pipe, where lines may be as long as they are. */
  readonly width: number | undefined;
  /** The text with colour where the stream shows it and NO_COLOR does not forbid it. */
  style(format: Format, text: string): string;
}

/** The locale as the C library finds it: the first of these that says anything. */
const hasUnicode = (env: Environment): boolean =>
  /utf-?8/i.test(
    [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '') ?? '',
  );

export const terminalOf = (stream: NodeJS.WritableStream, env: Environment): Terminal => ({
  unicode: hasUnicode(env),
  width: 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : undefined,
  style: (format, text) => styleText(format, text, { stream }),
});

/** ASCII or not, without colour: for tests and files. */
export const plainTerminal = (unicode: boolean, width?: number): Terminal => ({
  unicode,
  width,
  style: (_, text) => text,
});
