import type { Writable } from 'node:stream';
import { whenAwakeFor } from '../awake-timer.ts';
import { ReplctlError } from '../errors.ts';
import type { Transport } from './channel.ts';
import type { Command, Login } from './host.ts';
import { tooManySessions } from './connect-errors.ts';
import { Marks, type Report } from './marks.ts';
import { refusal } from './refusal.ts';
import { identityOf, killAfterSeconds, killCommand, remoteCommand } from './remote-command.ts';

export interface Session {
  readonly node: string;
  readonly transport: Transport;
  readonly login: Login;
  readonly nonce: string;
}

/** A command that was handed to the host. */
export interface Execution {
  readonly stdin: Writable;
  /** Hands over what comes on stdout; to be called at once. False: pause until `resume`. */
  read(take: (chunk: Buffer) => boolean): void;
  resume(): void;
  /** The exit code and the command's own stderr; rejects as `Host.run` does. */
  readonly finished: Promise<{ readonly exitCode: number; readonly stderr: string }>;
  /** Ends the command on the host; `finished` then rejects with the reason. */
  cancel(reason: unknown): void;
}

/** A command that left something behind on its output would keep the channel open: after its exit, silence is the end. */
const quietMilliseconds = 2000;
/** How long an ended command may take to go before its channel is given up. */
const endMilliseconds = (killAfterSeconds + 3) * 1000;
/** The host's own time limit and its KILL come first: this one is for hosts that do not answer. */
const graceMilliseconds = (killAfterSeconds + 10) * 1000;

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

const outcome = (session: Session, command: Command, report: Report, code: number | undefined, timedOut: boolean) => {
  const { node } = session;
  const program = command.argv[0] ?? '';
  const exitCode = report.exitCode ?? code;
  if (report.leaseLost) {
    throw new ReplctlError({
      code: 'LEASE_LOST',
      node,
      message: `${program} was not run on ${node}: the lease is no longer this run's`,
      hint: 'Another run may have taken the node over: look at `replctl runs`, then `replctl resume`.',
    });
  }
  if (exitCode === undefined && /Session open refused by peer/.test(report.stderr)) throw tooManySessions(node);
  if (exitCode === undefined) {
    throw new ReplctlError({
      code: 'OUTCOME_UNKNOWN',
      node,
      message: `The connection to ${node} went while ${program} was running: what it did is unknown`,
      hint: 'Run the same command again: it looks at what is there first.',
      retryable: true,
      cause: session.transport.failure(),
    });
  }
  if (timedOut && (exitCode === 124 || exitCode === 137)) {
    throw new ReplctlError({
      code: 'COMMAND_TIMEOUT',
      node,
      message: `${program} on ${node} did not end in ${command.timeoutSeconds} s and was stopped`,
      retryable: true,
      details: { stderr: report.stderr.slice(-4096) },
    });
  }
  const refused = exitCode === 0 ? undefined : refusal({ command, report, exitCode, node, login: session.login });
  if (refused) throw refused;
  return { exitCode, stderr: report.stderr };
};

/** Hands the command to the host and watches it: its marks, its time, its end. */
export const execute = async (session: Session, command: Command, seconds: number): Promise<Execution> => {
  const { transport, login, nonce, node } = session;
  const bounded = { ...command, timeoutSeconds: seconds };
  const channel = await transport.exec(remoteCommand(bounded, { login, nonce, seconds }));
  const begun = performance.now();
  const unstoppable = identityOf(command.as, login).kind === 'exact-root';
  const marks = new Marks(nonce);
  const timers = new Set<NodeJS.Timeout>();
  let over = false;
  let cancelled: { readonly error: Error } | undefined;
  const after = (milliseconds: number, act: () => void) => timers.add(setTimeout(act, milliseconds));

  let kill = () => {
    const { pid } = marks;
    if (pid === undefined) return;
    kill = () => {};
    // The channel that carries the signal is one of the two that the limit of eight leaves free.
    transport.exec(killCommand(pid, command.as, login)).then(
      (killer) => {
        killer.stdin.end();
        killer.stdout.resume();
        killer.stderr.resume();
      },
      () => channel.close(),
    );
  };
  const cancel = (reason: unknown) => {
    if (cancelled || over) return;
    cancelled = { error: asError(reason) };
    kill();
    after(unstoppable ? 0 : endMilliseconds, () => channel.close());
  };

  let quiet: NodeJS.Timeout | undefined;
  const watchQuiet = () => {
    if (marks.exitCode === undefined) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => (channel.stdout.isPaused() ? watchQuiet() : channel.close()), quietMilliseconds);
    timers.add(quiet);
  };
  marks.onMark(() => {
    if (cancelled) kill();
    watchQuiet();
  });
  channel.stderr.on('data', (chunk: Buffer) => marks.feed(chunk));
  channel.stderr.on('error', () => {});
  channel.stdout.on('error', () => {});
  // A command need not read its input, and one that has ended cannot.
  channel.stdin.on('error', () => {});
  let relent = () => {};
  if (seconds > 0) {
    relent = whenAwakeFor(seconds * 1000 + (unstoppable ? 0 : graceMilliseconds), () =>
      cancel(
        new ReplctlError({
          code: 'COMMAND_TIMEOUT',
          node,
          message: `${command.argv[0]} on ${node} did not end in ${seconds} s, and may still run`,
          hint: `Look at the processes on ${node} before anything is started there again.`,
        }),
      ),
    );
  }

  const finish = async () => {
    const code = await channel.closed;
    over = true;
    relent();
    for (const timer of timers) clearTimeout(timer);
    if (cancelled) throw cancelled.error;
    const timedOut = seconds > 0 && performance.now() - begun >= seconds * 1000;
    return outcome(session, bounded, marks.report(), code, timedOut);
  };
  return {
    stdin: channel.stdin,
    read: (take) =>
      channel.stdout.on('data', (chunk: Buffer) => {
        watchQuiet();
        if (!take(chunk)) channel.stdout.pause();
      }),
    resume: () => channel.stdout.resume(),
    finished: finish(),
    cancel,
  };
};
