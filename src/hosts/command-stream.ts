import { Duplex } from 'node:stream';
import type { CommandResult, CommandStream } from './host.ts';
import type { Execution } from './execution.ts';

/** A running command as one Duplex: what is written goes to its stdin, what is read is its stdout. */
export class ExecutionStream extends Duplex implements CommandStream {
  readonly result: Promise<CommandResult>;
  readonly #execution: Execution;

  constructor(execution: Execution) {
    super({ allowHalfOpen: true });
    this.#execution = execution;
    execution.read((chunk) => this.push(chunk));
    this.result = this.#settle();
    // `result` tells; whoever does not listen for errors need not die of a cut connection.
    this.result.catch(() => {});
    this.on('error', () => {});
  }

  async #settle(): Promise<CommandResult> {
    try {
      const { exitCode, stderr } = await this.#execution.finished;
      this.push(null);
      // Its input has nowhere to go any more.
      if (!this.writableEnded) this.end();
      return { exitCode, stderr, stdout: '', stdoutBytes: new Uint8Array() };
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  override _read(): void {
    this.#execution.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const { stdin } = this.#execution;
    if (stdin.writable) stdin.write(chunk, encoding, () => done());
    else done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#execution.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#execution.cancel(error ?? new Error('The stream was closed'));
    this.#execution.resume();
    done(error);
  }
}
