import { terminalOf } from '../../src/report/terminal.ts';

/** What the demo prints: headings that say what happens now, commands as they would be typed, and what was found to hold. */
export interface Screen {
  readonly heading: (text: string) => void;
  readonly say: (text: string) => void;
  /** Text of a file, or a program's own words. */
  readonly quote: (text: string) => void;
  readonly typed: (argv: readonly string[], behind?: string) => void;
  /** Prints how it came out, and remembers. */
  readonly check: (good: boolean, text: string) => void;
  /** Shows that something long is going on. */
  readonly during: <T>(text: string, work: Promise<T>) => Promise<T>;
  /** Did every check come out well? */
  readonly allGood: boolean;
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const createScreen = (out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen => {
  const terminal = terminalOf(out, env);
  const { unicode } = terminal;
  const style: typeof terminal.style = (format, text) => terminal.style(format, text);
  let drawn = '';
  const clear = () => {
    if (drawn) out.write('\r\u001B[2K');
    drawn = '';
  };
  const print = (line: string) => {
    clear();
    out.write(`${line}\n`);
  };
  const mark = (good: boolean): string =>
    good ? style('green', unicode ? '✓' : 'ok:') : style('red', unicode ? '✗' : 'NOT OK:');
  let bad = 0;
  return {
    heading: (text) => print(`\n${style(['bold', 'cyan'], `${unicode ? '━━' : '=='} ${text}`)}`),
    say: (text) => print(text),
    quote: (text) => print(style('dim', text.trimEnd().replaceAll(/^/gm, '  '))),
    typed: (argv, behind = '') => print(`${style('dim', '$')} ${style('bold', argv.map(word).join(' '))}${behind}`),
    check: (good, text) => {
      if (!good) bad += 1;
      print(`${mark(good)} ${text}`);
    },
    during: async (text, work) => {
      const began = performance.now();
      const draw = () => {
        clear();
        drawn = style('dim', `  ${text} ${seconds(began)}`);
        out.write(drawn);
      };
      const timer = out.isTTY ? setInterval(draw, 100) : undefined;
      try {
        return await work;
      } finally {
        clearInterval(timer);
        print(style('dim', `  ${text} ${seconds(began)}`));
      }
    },
    get allGood() {
      return bad === 0;
    },
  };
};
