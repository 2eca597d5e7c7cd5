import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import { reveal } from '../masked.ts';
import type { ConnectTarget, Transport } from './channel.ts';
import { ExecutionStream } from './command-stream.ts';
import { execute, type Execution, type Session } from './execution.ts';
import { readFileBy, writeFileBy } from './files.ts';
import type { Handshake } from './handshake.ts';
import type { Command, CommandResult, CommandStream, FileWrite, Host, Login, RunOptions } from './host.ts';
import { patiently } from './patience.ts';

/** sshd allows ten sessions on a connection (MaxSessions): two are left for ending commands. */
const channels = 8;
/** Streams live long: three channels are always left for commands. */
const streams = 5;
const defaultTimeoutSeconds = 60;

/** Decodes the output only if somebody wants it as text. */
class Result implements CommandResult {
  readonly exitCode: number;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  #text: string | undefined;

  constructor(exitCode: number, stderr: string, stdoutBytes: Uint8Array) {
    this.exitCode = exitCode;
    this.stderr = stderr;
    this.stdoutBytes = stdoutBytes;
  }

  get stdout(): string {
    this.#text ??= Buffer.from(
      this.stdoutBytes.buffer,
      this.stdoutBytes.byteOffset,
      this.stdoutBytes.length,
    ).toString();
    return this.#text;
  }
}

/** The Host on top of any transport. */
export class TransportHost implements Host {
  readonly node: string;
  readonly login: Login;
  readonly #session: Session;
  readonly #limit = pLimit(channels);
  readonly #streamLimit = pLimit(streams);

  constructor(node: string, transport: Transport, { login, nonce }: Handshake) {
    this.node = node;
    this.login = login;
    this.#session = { node, transport, login, nonce };
  }

  async run(command: Command, { signal }: RunOptions = {}): Promise<CommandResult> {
    signal?.throwIfAborted();
    return this.#limit(async () => patiently(async () => this.#runOnce(command, signal)));
  }

  async #runOnce(command: Command, signal: AbortSignal | undefined): Promise<CommandResult> {
    const execution = await this.#begin(command, command.timeoutSeconds ?? defaultTimeoutSeconds, signal);
    const chunks: Buffer[] = [];
    execution.read((chunk) => chunks.push(chunk) > 0);
    const { stdin } = command;
    execution.stdin.end(stdin instanceof Uint8Array ? stdin : stdin === undefined ? undefined : reveal(stdin));
    const { exitCode, stderr } = await execution.finished;
    return new Result(exitCode, stderr, Buffer.concat(chunks));
  }

  async duplex(command: Command, { signal }: RunOptions = {}): Promise<CommandStream> {
    signal?.throwIfAborted();
    return new Promise<CommandStream>((resolve, reject) => {
      const open = async () => {
        const begin = async () => this.#begin(command, command.timeoutSeconds ?? 0, signal);
        const stream = new ExecutionStream(await patiently(begin));
        resolve(stream);
        await stream.result.catch(() => {});
      };
      this.#streamLimit(() => this.#limit(open)).catch(reject);
    });
  }

  async #begin(command: Command, seconds: number, signal: AbortSignal | undefined): Promise<Execution> {
    signal?.throwIfAborted();
    const execution = await execute(this.#session, command, seconds);
    if (!signal) return execution;
    const abort = () => execution.cancel(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const forget = () => signal.removeEventListener('abort', abort);
    execution.finished.then(forget, forget);
    return execution;
  }

  async connect(target: ConnectTarget, { signal }: RunOptions = {}): Promise<Duplex> {
    signal?.throwIfAborted();
    const stream = await this.#session.transport.connect(target);
    stream.on('error', () => {});
    if (!signal) return stream;
    const abort = () => stream.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    signal.addEventListener('abort', abort, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    return stream;
  }

  async readFile(
    path: string,
    options?: { readonly as?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array | undefined> {
    return readFileBy(this, path, options);
  }

  async writeFile(file: FileWrite, options?: RunOptions): Promise<void> {
    return writeFileBy(this, file, options);
  }

  async close(): Promise<void> {
    return this.#session.transport.close();
  }
}
