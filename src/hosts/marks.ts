/** How a command line that we built reports on itself: lines in stderr that begin with the connection's nonce. */
export interface Report {
  /** Process that heads the command's group; undefined where it never started, or cannot be signalled. */
  readonly pid: number | undefined;
  readonly exitCode: number | undefined;
  readonly leaseLost: boolean;
  /** What the command itself wrote. */
  readonly stderr: string;
}

const longestMark = 80;
/** A stream may live for hours: its first errors give way to its last. */
const keptBytes = 4 * 1024 * 1024;

/**
 * Takes our lines out of a stderr stream. What comes before `start` (start-up files, sudo's lecture) is not the command's, and
 * is dropped once the command has started.
 */
export class Marks {
  readonly #pattern: RegExp;
  readonly #nonce: string;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #tail = '';
  #pid: number | undefined;
  #exitCode: number | undefined;
  #onMark: () => void = () => {};

  constructor(nonce: string) {
    this.#nonce = nonce;
    this.#pattern = new RegExp(`${nonce} (start|exit) (\\d+)\\n`, 'g');
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Called at every change of `pid` or `exitCode`. */
  onMark(listener: () => void): void {
    this.#onMark = listener;
  }

  feed(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size > keptBytes && this.#chunks.length > 1) this.#size -= this.#chunks.shift()!.length;
    const text = this.#tail + chunk.toString('latin1');
    for (const [, kind, number] of text.matchAll(this.#pattern)) {
      if (kind === 'start') this.#pid = Number(number);
      else this.#exitCode = Number(number);
    }
    this.#tail = text.slice(-longestMark);
    this.#onMark();
  }

  report(): Report {
    const all = Buffer.concat(this.#chunks).toString('latin1');
    const start = new RegExp(`^[^]*?${this.#nonce} start \\d+\\n`);
    const own = all.replace(start, '').replaceAll(new RegExp(`${this.#nonce} (?:exit \\d+|lost)\\n`, 'g'), '');
    return {
      pid: this.#pid,
      exitCode: this.#exitCode,
      leaseLost: all.includes(`${this.#nonce} lost\n`),
      stderr: Buffer.from(own, 'latin1').toString('utf8'),
    };
  }
}
