import { randomBytes } from 'node:crypto';
import { ReplctlError } from '../errors.ts';
import type { Channel, Transport } from './channel.ts';
import type { Login } from './host.ts';
import { quoteArgv, quoteWord } from './quoting.ts';

/** Programs that every command of ours needs on the host. */
const needed = ['timeout', 'flock', 'setsid', 'sync', 'mktemp', 'mkfifo', 'stat'];
/** A backslash pair in single quotes: fish and csh make something else of it. */
const quotingProbe = String.raw`a\\b`;

export interface Handshake {
  readonly login: Login;
  /** Begins the lines by which command lines report on themselves, for this connection. */
  readonly nonce: string;
}

const collect = async (channel: Channel) => {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.stdin.on('error', () => {});
  channel.stdin.end();
  channel.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await channel.closed;
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
};

const firstLine = (text: string) => text.trim().split('\n')[0]?.slice(0, 200) ?? '';

/**
 * The first command of a connection: does a POSIX shell answer, and nothing else? In the same round trip it learns who we are and
 * whether the programs that we need are there.
 */
export const shakeHands = async (transport: Transport, node: string): Promise<Handshake> => {
  const nonce = `replctl-${randomBytes(8).toString('hex')}`;
  const text =
    `printf '%s\\n' ${nonce} ${quoteWord(quotingProbe)} "$(id -un)" "$(id -u)" "$HOME"; ` +
    `for t in ${quoteArgv(needed)}; do command -v "$t" >/dev/null 2>&1 || printf '%s ' "$t"; done; printf '\\n%s\\n' ${nonce}`;
  const { code, stdout, stderr } = await collect(await transport.exec(text));
  const failed = (message: string, hint: string) =>
    new ReplctlError({
      code: 'HOST_UNREACHABLE',
      node,
      message,
      hint,
      details: { exitCode: code ?? null, stderr: stderr.slice(-2000) },
    });
  const begin = stdout.indexOf(`${nonce}\n`);
  if (begin < 0) {
    const failure = transport.failure();
    if (failure) throw failure;
    const said = firstLine(stdout) || firstLine(stderr);
    throw failed(
      `The login on ${node} runs no commands${said ? `: ${said}` : ''}`,
      'The user needs an ordinary shell: no nologin, no forced command, nothing in its start-up files that ends the shell.',
    );
  }
  const lines = stdout.slice(begin).split('\n');
  const [, probe, user = '', uid = '', home = '', missing = ''] = lines;
  if (probe !== quotingProbe) {
    throw failed(
      `The login shell on ${node} is no POSIX shell`,
      'Give the user /bin/sh or /bin/bash as the login shell (chsh).',
    );
  }
  const noise = begin > 0 ? stdout.slice(0, begin) : lines.slice(7).join('\n');
  if (noise.trim() !== '') {
    throw failed(
      `The shell's start-up files on ${node} write to standard output: ${firstLine(noise)}`,
      'Let ~/.bashrc and its like print only for interactive shells: begin them with `case $- in *i*) ;; *) return ;; esac`.',
    );
  }
  if (missing.trim() !== '') {
    throw failed(
      `Programs that replctl needs are not on ${node}: ${missing.trim()}`,
      'Install the packages coreutils and util-linux there.',
    );
  }
  return { nonce, login: { user, uid: Number(uid), home } };
};
