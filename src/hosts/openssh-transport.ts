import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReplctlError } from '../errors.ts';
import type { Channel, ConnectTarget, Transport } from './channel.ts';
import { childChannel } from './child-channel.ts';
import { shownHop } from './connect-errors.ts';
import { opensshConfig } from './openssh-config.ts';
import { startMaster } from './openssh-master.ts';
import type { Route } from './route.ts';
import type { HostSettings } from './settings.ts';
import { nothingAnswers, socketConnected } from './socket.ts';

export interface OpensshOptions {
  readonly settings: HostSettings;
  readonly route: Route;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Room for the control socket and the suffix that ssh gives it while it is being made: a socket's path has about a hundred bytes. */
const longestDirectory = 60;

const privateDirectory = async (): Promise<string> => {
  const base = tmpdir().length > longestDirectory ? '/tmp' : tmpdir();
  return mkdtemp(join(base, 'replctl-ssh-'));
};

/** `-L`'s grammar: `:` and backslash are escaped, `%` is doubled. */
const forwardPath = (path: string) => path.replaceAll(/[\\:]/g, String.raw`\$&`).replaceAll('%', '%%');

const forwardTarget = (target: ConnectTarget): string => {
  if ('socket' in target) return forwardPath(target.socket);
  const address = target.address ?? 'localhost';
  return `${address.includes(':') ? `[${address}]` : address}:${target.port}`;
};

/** The system's `ssh`: one master connection, on which every command is another `ssh` that only talks to the master. */
export const openOpenssh = async ({ settings, route, environment, signal }: OpensshOptions): Promise<Transport> => {
  const { execa } = await import('execa');
  const directory = await privateDirectory();
  const hop = route.hops.at(-1)!;
  const { node } = hop;
  const control = join(directory, 'control');
  const config = join(directory, 'config');
  const env = { ...environment, LC_ALL: 'C' };
  const removed = () => rm(directory, { recursive: true, force: true });

  const startUp = async () => {
    await writeFile(config, opensshConfig(settings, route.connectTimeoutSeconds), { mode: 0o600 });
    return startMaster({ execa, config, control, settings, route, env, signal });
  };
  const master = await startUp().catch(async (error: unknown) => {
    await removed();
    throw error;
  });

  // Should the master be gone, a client would connect by itself and past our configuration: the proxy command that fails prevents it.
  const client = [
    '-F',
    '/dev/null',
    '-o',
    `ControlPath=${control}`,
    '-o',
    'ProxyCommand=false',
    '-o',
    'LogLevel=ERROR',
    '-T',
  ];
  const forwards = new Map<string, Promise<string>>();

  const forward = async (target: ConnectTarget): Promise<string> => {
    const local = join(directory, randomBytes(4).toString('hex'));
    const { exitCode, stderr } = await execa(
      'ssh',
      [...client, '-O', 'forward', '-L', `${local}:${forwardTarget(target)}`, node],
      { env, extendEnv: false, reject: false, detached: true },
    );
    if (exitCode !== 0) throw master.failure() ?? nothingAnswers(node, target, new Error(stderr));
    return local;
  };

  return {
    async exec(text): Promise<Channel> {
      const failure = master.failure();
      if (failure) throw failure;
      const channel = await childChannel(['ssh', ...client, '--', node, text], { env, node });
      // 255 is also what `ssh` says when the connection went, and then the master follows; a real one is reported in stderr.
      const closed = channel.closed.then(async (exitCode) => {
        if (exitCode !== 255) return exitCode;
        await master.endingSoon();
        return undefined;
      });
      return { ...channel, closed };
    },
    async connect(target) {
      const failure = master.failure();
      if (failure) throw failure;
      const name = forwardTarget(target);
      const local = forwards.get(name) ?? forward(target);
      forwards.set(name, local);
      local.catch(() => forwards.delete(name));
      const socket = await socketConnected(connectSocket(await local), node, target);
      // The master takes every connection, and closes those that lead nowhere.
      socket.once('end', () => {
        if (socket.bytesRead === 0) socket.destroy(nothingAnswers(node, target, new Error('closed without a word')));
      });
      return socket;
    },
    failure: () => master.failure(),
    async close() {
      await master.stop(
        new ReplctlError({
          code: 'HOST_UNREACHABLE',
          node,
          message: `The connection to ${node} (${shownHop(hop)}) was closed`,
        }),
      );
      await removed();
    },
  };
};
