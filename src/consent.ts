import { createInterface } from 'node:readline/promises';
import { ReplctlError } from './errors.ts';
import type { Confirm } from './procedures/contract.ts';

export interface ConsentOptions {
  /** `--yes`. */
  readonly yes: boolean;
  /** A person is there to answer: terminals on both sides, neither `--json` nor CI. */
  readonly interactive: boolean;
  readonly input: NodeJS.ReadableStream;
  /** Not standard output: that carries the answer. */
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** Ctrl-C while the question stands; the terminal hands it to the question and not to the process. */
  interrupt(): void;
}

const declined = () =>
  new ReplctlError({
    code: 'CONSENT_MISSING',
    message: 'Nothing was done: the answer was no.',
    hint: 'Answer y, or give --yes.',
  });

/** Throws CONSENT_MISSING at once, before anything is connected to, where the question could not be answered. */
export const createConfirm = (options: ConsentOptions): Confirm => {
  if (options.yes) return async () => {};
  if (!options.interactive) {
    throw new ReplctlError({
      code: 'CONSENT_MISSING',
      message: 'This command asks before it takes something away, and there is no terminal to ask at.',
      hint: 'Give your consent with --yes.',
      details: { flag: '--yes' },
    });
  }
  return async (question) => {
    const { input, output, signal } = options;
    const terminal = createInterface({ input, output });
    terminal.on('SIGINT', () => options.interrupt());
    try {
      // End of input (Ctrl-D) closes the interface and leaves the question unanswered for ever.
      const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('no')));
      const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), closed]);
      if (!/^(y|yes)$/i.test(answer.trim())) throw declined();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      terminal.close();
    }
  };
};
