import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectHost } from '../../src/hosts/connect.ts';
import type { HostSettings } from '../../src/hosts/settings.ts';
import { failure, sleep } from './fixtures/each-transport.ts';
import { freePort, keygen, startSshd, type Sshd } from './fixtures/sshd.ts';

let sshd: Sshd | undefined;
const server = () => sshd!;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd?.stop());

const works = async (settings: HostSettings, environment?: NodeJS.ProcessEnv): Promise<string> => {
  const host = await connectHost(settings, { environment });
  const { stdout } = await host.run({ argv: ['id', '-un'] });
  await host.close();
  return stdout.trim();
};
const me = userInfo().username;

/** An agent of our own with these keys. */
const agentWith = async (...keys: string[]): Promise<NodeJS.ProcessEnv> => {
  const socket = join(server().directory, `agent-${Math.random()}`);
  const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  onTestFinished(() => void agent.kill());
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  await sleep(200);
  for (const key of keys) execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' });
  return env;
};
const noAgent: NodeJS.ProcessEnv = { ...process.env, SSH_AUTH_SOCK: undefined };

/** A key that the server accepts. */
const acceptedKey = (name: string): string => {
  const file = join(server().directory, name);
  keygen(file, '-t', 'ed25519');
  appendFileSync(join(server().directory, 'authorized_keys'), readFileSync(`${file}.pub`));
  return file;
};

describe.each(['ssh2', 'openssh'] as const)('logins over %s', (transport) => {
  const settings = (): HostSettings => ({ ...server().settings, transport });

  test('says so when the name does not resolve', async () => {
    const error = await failure(connectHost({ ...settings(), host: 'no-such-host.invalid' }));
    expect(error).toMatchObject({ code: 'HOST_UNREACHABLE', node: 'db1', retryable: true });
    expect(error).toHaveProperty('message', expect.stringContaining('no-such-host.invalid'));
    expect(error).toHaveProperty('hint', expect.stringContaining('resolve'));
  });

  test('says so when nothing listens', async () => {
    const port = await freePort();
    const error = await failure(connectHost({ ...settings(), port }));
    expect(error).toMatchObject({ code: 'HOST_UNREACHABLE', node: 'db1' });
    expect(error).toHaveProperty('message', expect.stringContaining(`${me}@127.0.0.1:${port}`));
    expect(error).toHaveProperty('hint', expect.stringContaining('sshd'));
  });

  test('says so when no key is accepted', async () => {
    const identityFile = join(server().directory, `stranger-${transport}`);
    keygen(identityFile, '-t', 'ed25519');
    const error = await failure(connectHost({ ...settings(), identityFile }, { environment: noAgent }));
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', node: 'db1' });
    expect(error).toHaveProperty('message', expect.stringContaining(`${me}@127.0.0.1:${server().port}`));
  });

  test('takes a key with a passphrase from the agent, and says so when no agent has it', async () => {
    const identityFile = acceptedKey(`locked-${transport}`);
    const environment = await agentWith(identityFile);
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret words', '-f', identityFile]);
    expect(await works({ ...settings(), identityFile }, environment)).toBe(me);
    const error = await failure(connectHost({ ...settings(), identityFile }, { environment: noAgent }));
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    expect(error).toHaveProperty('message', expect.stringContaining('passphrase'));
    expect(error).toHaveProperty('hint', expect.stringContaining(`ssh-add ${identityFile}`));
  });

  test('offers the configured key only, however many the agent holds', async () => {
    const strangers = Array.from({ length: 8 }, (_, index) => join(server().directory, `s${index}-${transport}`));
    for (const file of strangers) keygen(file, '-t', 'ed25519');
    expect(await works(settings(), await agentWith(...strangers))).toBe(me);
  });

  test('logs in through a jump host, and verifies its key too', async () => {
    const jumpHost = await startSshd();
    onTestFinished(() => jumpHost.stop());
    copyFileSync(join(server().directory, 'authorized_keys'), join(jumpHost.directory, 'authorized_keys'));
    const knownHostsFile = join(jumpHost.directory, 'both_known_hosts');
    const jump = `${me}@127.0.0.1:${jumpHost.port}`;
    writeFileSync(knownHostsFile, `${server().hostKeys.ed25519}\n${jumpHost.hostKeys.rsa}\n`);
    expect(await works({ ...settings(), knownHostsFile, jump })).toBe(me);

    writeFileSync(knownHostsFile, `${server().hostKeys.ed25519}\n`);
    const error = await failure(connectHost({ ...settings(), knownHostsFile, jump }));
    expect(error).toMatchObject({ code: 'HOST_KEY_UNKNOWN', node: 'db1' });
    expect(error).toHaveProperty('message', expect.stringContaining(`127.0.0.1:${jumpHost.port}`));

    writeFileSync(knownHostsFile, `${jumpHost.hostKeys.ed25519}\n`);
    const behind = await failure(connectHost({ ...settings(), knownHostsFile, jump }));
    expect(behind).toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
    expect(behind).toHaveProperty('message', expect.stringContaining(`127.0.0.1:${server().port}`));
  });

  test.each([
    ['start-up files that speak', 'echo Welcome; eval "$SSH_ORIGINAL_COMMAND"', 'Welcome', 'bashrc'],
    ['start-up files that speak at the end', 'eval "$SSH_ORIGINAL_COMMAND"; echo Bye', 'Bye', 'bashrc'],
    ['a login that may not have a shell', 'echo This account is not available.; exit 1', 'not available', 'nologin'],
    ['a shell that ends at once', 'exit 0', 'runs no commands', 'nologin'],
  ])('says so about %s', async (_title, forced, message, hint) => {
    const odd = await startSshd([`ForceCommand ${forced}`]);
    onTestFinished(() => odd.stop());
    const error = await failure(connectHost({ ...odd.settings, transport }));
    expect(error).toMatchObject({ code: 'HOST_UNREACHABLE', node: 'db1' });
    expect(error).toHaveProperty('message', expect.stringContaining(message));
    expect(error).toHaveProperty('hint', expect.stringContaining(hint));
  });

  test('gives up on a host that says nothing', async () => {
    const mute = await startSshd(['ForceCommand sleep 60']);
    onTestFinished(() => mute.stop());
    const begun = performance.now();
    const attempt = connectHost({ ...mute.settings, transport, connectTimeoutSeconds: 2 });
    expect(await failure(attempt)).toMatchObject({ code: 'HOST_UNREACHABLE', node: 'db1' });
    expect(performance.now() - begun).toBeLessThan(6000);
  });

  test('gives up on a port where something is that says nothing', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const error = await failure(connectHost({ ...settings(), port, connectTimeoutSeconds: 2 }));
    expect(error).toMatchObject({ code: 'HOST_UNREACHABLE', node: 'db1', retryable: true });
    expect(error).toHaveProperty('message', expect.stringContaining(`127.0.0.1:${port}`));
  });

  test('says so when sshd allows too few sessions, and does not say that anything was run', async () => {
    const tight = await startSshd(['MaxSessions 2']);
    onTestFinished(() => tight.stop());
    const host = await connectHost({ ...tight.settings, transport });
    onTestFinished(() => host.close());
    const runs = await Promise.allSettled(Array.from({ length: 4 }, async () => host.run({ argv: ['sleep', '4'] })));
    const refused = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'HOST_UNREACHABLE', hint: expect.stringContaining('MaxSessions') as string });
    }
  });

  test('waits for a session that is about to end', async () => {
    const tight = await startSshd(['MaxSessions 3']);
    onTestFinished(() => tight.stop());
    const host = await connectHost({ ...tight.settings, transport });
    onTestFinished(() => host.close());
    const runs = await Promise.all(Array.from({ length: 4 }, async () => host.run({ argv: ['sleep', '0.3'] })));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  });

  test('can be called off', async () => {
    const mute = await startSshd(['ForceCommand sleep 60']);
    onTestFinished(() => mute.stop());
    const attempt = connectHost({ ...mute.settings, transport }, { signal: AbortSignal.timeout(600) });
    expect(await failure(attempt)).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('auto', () => {
  test('is ssh2 with a plain key, and openssh where a certificate lies beside it', async () => {
    const ca = join(server().directory, 'ca');
    keygen(ca, '-t', 'ed25519');
    const trusting = await startSshd([`TrustedUserCAKeys ${ca}.pub`]);
    onTestFinished(() => trusting.stop());
    const identityFile = join(server().directory, 'certified');
    keygen(identityFile, '-t', 'ed25519');
    const settings = { ...trusting.settings, identityFile, transport: 'auto' } as const;
    const error = await failure(connectHost(settings, { environment: noAgent }));
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'someone', '-n', me, `${identityFile}.pub`]);
    expect(await works(settings, noAgent)).toBe(me);
  });
});
