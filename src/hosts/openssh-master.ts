import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { execa as Execa } from 'execa';
import { ReplctlError } from '../errors.ts';
import { noLoginWithin, shownHop, unreachable } from './connect-errors.ts';
import { opensshFailure, plainLines } from './openssh-errors.ts';
import type { Route } from './route.ts';
import type { HostSettings } from './settings.ts';

export interface MasterOptions {
  readonly execa: typeof Execa;
  readonly config: string;
  readonly control: string;
  readonly settings: HostSettings;
  readonly route: Route;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

export interface Master {
  failure(): ReplctlError | undefined;
  /** Waits a moment for its end: its clients know before it that the connection went. */
  endingSoon(): Promise<void>;
  /** Ends it and whatever runs on it. */
  stop(reason: ReplctlError): Promise<void>;
}

/** Enough of `ssh -v` to tell why it failed; it goes on talking as long as it lives. */
const keptBytes = 65_536;
const momentMilliseconds = 300;

const sshArguments = ({ config, control, settings }: MasterOptions): string[] => [
  '-v',
  '-F',
  config,
  '-o',
  'ControlMaster=yes',
  '-o',
  `ControlPath=${control}`,
  ...(settings.user === undefined ? [] : ['-l', settings.user]),
  ...(settings.port === undefined ? [] : ['-p', String(settings.port)]),
  ...(settings.jump === undefined ? [] : ['-J', settings.jump]),
  '--',
  settings.host ?? '',
];

/**
 * The connection that the commands share. Its own remote command is `cat` on our pipe: it dies when we die, even of SIGKILL, and
 * the echo of a first line tells that the login is through.
 */
export const startMaster = async (options: MasterOptions): Promise<Master> => {
  const { execa, route, env, signal, settings } = options;
  const hop = route.hops.at(-1)!;
  const greeting = `replctl-${randomBytes(8).toString('hex')}`;
  let failure: ReplctlError | undefined;
  let stderr = '';
  let stdout = '';

  const child = execa('ssh', [...sshArguments(options), 'exec cat'], {
    env,
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    stdio: 'pipe',
  });
  const process = child.nodeChildProcess;
  process.stdin?.on('error', () => {});
  process.stdin?.write(`${greeting}\n`);
  process.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-keptBytes);
  });
  const ended = child.then(async (result) => {
    const said = plainLines(stderr).at(-1);
    failure ??= new ReplctlError({
      code: 'HOST_UNREACHABLE',
      node: hop.node,
      message: `The connection to ${hop.node} (${shownHop(hop)}) was lost${said === undefined ? '' : `: ${said}`}`,
      hint: 'Run the same command again: it goes on from where the world stands.',
      retryable: true,
    });
    return result;
  });

  const greeted = new Promise<boolean>((resolve) => {
    process.stdout?.on('data', (chunk: Buffer) => {
      if (stdout.includes(greeting)) return;
      stdout += chunk.toString();
      if (stdout.includes(greeting)) resolve(true);
    });
    ended.then(
      () => resolve(false),
      () => resolve(false),
    );
  });
  const abort = () => process.kill();
  signal?.addEventListener('abort', abort, { once: true });
  const seconds = route.connectTimeoutSeconds;
  let late = false;
  const impatient = setTimeout(() => {
    late = true;
    process.kill();
  }, seconds * 1000);
  const through = await greeted;
  clearTimeout(impatient);
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (!through) {
    const result = await ended;
    if (result.code === 'ENOENT') {
      throw new ReplctlError({
        code: 'HOST_UNREACHABLE',
        node: hop.node,
        message: `${hop.node} needs the openssh transport, and there is no \`ssh\` program here`,
        hint: 'Install OpenSSH (Debian: openssh-client), or use a plain key and `transport: ssh2`.',
      });
    }
    if (late) throw unreachable(hop, noLoginWithin(seconds));
    // A jump host's login says the same things, except this one.
    if (/^debug1: Sending command: exec cat/m.test(stderr)) {
      const said = (stdout.trim() || plainLines(stderr).join(' ')).split('\n')[0]?.slice(0, 200);
      throw new ReplctlError({
        code: 'HOST_UNREACHABLE',
        node: settings.node,
        message: `The login on ${settings.node} runs no commands${said ? `: ${said}` : ''}`,
        hint: 'The user needs an ordinary shell: no nologin, no forced command, nothing in its start-up files that ends the shell.',
      });
    }
    throw await opensshFailure(route, stderr);
  }
  return {
    failure: () => failure,
    async endingSoon() {
      await Promise.race([ended, delay(momentMilliseconds, undefined, { ref: false })]);
    },
    async stop(reason) {
      failure ??= reason;
      // A signal alone may be noticed only when the connection next has something to do: the end of its input is something.
      process.kill();
      process.stdin?.end();
      const impatient = setTimeout(() => process.kill('SIGKILL'), 1000);
      await ended;
      clearTimeout(impatient);
    },
  };
};
