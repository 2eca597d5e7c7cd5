import { homedir } from 'node:os';
import { text as readAll } from 'node:stream/consumers';
import { Command, Flags } from '@oclif/core';
import { ReplctlError } from './errors.ts';
import { createConfirm } from './consent.ts';
import { progressMode, type ProgressMode } from './flags/run-flags.ts';
import type { Confirm } from './procedures/contract.ts';
import { createAccount } from './report/account.ts';
import { jsonText } from './report/json-text.ts';
import { failureEnvelope, successEnvelope, type Envelope } from './report/envelope.ts';
import type { Session } from './session.ts';
import { asReplctlError } from './usage-error.ts';
import type { Drawing } from './workflow/drawing.ts';
import type { Emit } from './workflow/events.ts';
import type { Interrupts } from './workflow/interrupts.ts';

interface CommonFlags {
  readonly fleet?: string | undefined;
  readonly 'log-level': 'info' | 'debug';
  readonly events?: string | undefined;
  readonly progress?: ProgressMode | undefined;
}

interface Performance<R> {
  /** The one procedure. */
  work(session: Session, interrupts: Interrupts): Promise<R>;
  /** The answer for people, on standard output. */
  text(result: R): Promise<string>;
  /** A complete answer that is bad news all the same. */
  judge?(result: R): ReplctlError | undefined;
}

/** What every command shares: the session, the events, the one JSON document, errors and exit codes. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    fleet: Flags.string({
      description: 'Fleet file, or "-" for standard input; default: $REPLCTL_FLEET, else ./replctl.yaml.',
      helpValue: 'FILE|-',
      helpGroup: 'GLOBAL',
    }),
    'log-level': Flags.option({
      description: 'debug tells every command that runs on a host, on standard error; progress is plain then.',
      options: ['info', 'debug'] as const,
      default: 'info' as const,
      helpGroup: 'GLOBAL',
    })(),
  };

  readonly #account = createAccount();
  #emit: Emit | undefined;
  #result: object | undefined;
  #eventsOnStdout = false;

  protected async perform<R extends object>(flags: CommonFlags, performance: Performance<R>): Promise<R> {
    const drawing = await this.#openReports(flags);
    const [{ installInterrupts }, { openSession }] = await Promise.all([
      import('./workflow/interrupts.ts'),
      import('./session.ts'),
    ]);
    const log = flags['log-level'] === 'debug' ? (await import('./report/debug-log.ts')).debugLog : undefined;
    const interrupts = installInterrupts(process);
    const session = openSession({
      command: this.#name,
      surroundings: {
        fleet: flags.fleet,
        environment: process.env,
        directory: process.cwd(),
        home: homedir(),
        uid: process.getuid?.() ?? 0,
        readStdin: () => readAll(process.stdin),
      },
      interrupts,
      emit: (event) => this.#emit?.(event),
      drawing,
      log,
    });
    try {
      const result = await performance.work(session, interrupts);
      this.#result = result;
      if (!this.jsonEnabled() && !this.#eventsOnStdout) this.log(await performance.text(result));
      const failure = performance.judge?.(result);
      if (failure) throw failure;
      this.#end(this.toSuccessJson(result));
      return result;
    } finally {
      await session.close();
      interrupts.remove();
    }
  }

  /** Asks at the terminal, or refuses (CONSENT_MISSING) at once where nobody can answer. */
  protected confirm(yes: boolean, interrupts: Interrupts): Confirm {
    const terminal = process.stdin.isTTY && process.stderr.isTTY;
    return createConfirm({
      yes,
      interactive: terminal && !this.jsonEnabled() && !process.env['CI'],
      input: process.stdin,
      output: process.stderr,
      signal: interrupts.signal,
      interrupt: () => process.kill(process.pid, 'SIGINT'),
    });
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${jsonText(json, 2)}\n`);
  }

  override toSuccessJson(result: unknown): Envelope {
    const account = this.#account;
    return successEnvelope({ command: this.#name, run: account.run(), result, warnings: account.warnings() });
  }

  override toErrorJson(error: unknown): Envelope {
    const account = this.#account;
    const steps = account.steps();
    const result = this.#result ?? (steps.length > 0 ? { steps } : undefined);
    const failure = asReplctlError(error, this.#name);
    return failureEnvelope({
      command: this.#name,
      run: account.run(),
      error: failure,
      result,
      warnings: account.warnings(),
    });
  }

  protected override async catch(error: Error & { code?: string }): Promise<void> {
    if (error.code === 'EEXIT') throw error;
    const failure = asReplctlError(error, this.#name);
    process.exitCode = failure.exitCode;
    this.#end(this.toErrorJson(failure));
    if (this.jsonEnabled()) return this.logJson(this.toErrorJson(failure));
    const { errorText } = await import('./report/error-text.ts');
    process.stderr.write(`${errorText(failure)}\n`);
  }

  get #name(): string {
    return (this.id ?? '').replaceAll(':', ' ');
  }

  /** Whoever listens to what happens: the envelope, the screen, the event stream. */
  async #openReports(flags: CommonFlags): Promise<Drawing | undefined> {
    this.#eventsOnStdout = flags.events === '-';
    if (this.#eventsOnStdout && this.jsonEnabled()) {
      throw new ReplctlError({
        code: 'USAGE',
        message: '--json and "--events -" both want standard output.',
        hint: 'Give --events a file, or leave --json out: the last event carries the same document.',
      });
    }
    const [{ createEmitter }, { openProgress }, { eventStream }] = await Promise.all([
      import('./workflow/event-emitter.ts'),
      import('./report/progress.ts'),
      import('./report/event-stream.ts'),
    ]);
    // Nothing else may write while a list is redrawn.
    const debug = flags['log-level'] === 'debug' && flags.progress !== 'none';
    const mode = debug ? 'plain' : (flags.progress ?? progressMode(process.env, process.stderr.isTTY));
    const { drawing, listener } = await openProgress(mode, process.stderr, process.env);
    const streams = flags.events === undefined ? [] : [eventStream(flags.events)];
    this.#emit = createEmitter([this.#account.listener, listener, ...streams]);
    return drawing;
  }

  #end(envelope: Envelope): void {
    this.#emit?.({ event: 'run-ended', run: this.#account.run(), ok: envelope.ok, envelope });
  }
}
