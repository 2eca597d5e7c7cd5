import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectHost } from '../../src/hosts/connect.ts';
import { failure, runsHere } from './fixtures/each-transport.ts';
import { freePort, startSshd, type Sshd } from './fixtures/sshd.ts';

let sshd: Sshd | undefined;
const server = () => sshd!;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd?.stop());

/** A network between us and the server that can fall silent, or be cut. */
const network = async () => {
  const port = await freePort();
  const sockets: Socket[] = [];
  const proxy = createServer((near) => {
    const far = connect(server().port, '127.0.0.1');
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      sockets.push(socket);
    }
    near.pipe(far).pipe(near);
  });
  proxy.listen(port, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {
    port,
    silence() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
};

let count = 9000;
const uniqueSleep = () => `${++count}.${process.pid}`;

describe.each(['ssh2', 'openssh'] as const)('a lost connection over %s', (transport) => {
  const open = async () => {
    const link = await network();
    const knownHostsFile = join(server().directory, `known_${link.port}`);
    writeFileSync(knownHostsFile, server().hostKeys.ed25519.replace(String(server().port), String(link.port)));
    const host = await connectHost({ ...server().settings, port: link.port, knownHostsFile, transport });
    return { link, host };
  };

  test(
    'is noticed within 30 s when the network falls silent, by everything that waits',
    { timeout: 60_000 },
    async () => {
      const { link, host } = await open();
      const long = uniqueSleep();
      const limited = uniqueSleep();
      const stream = await host.duplex({ argv: ['cat'] });
      const waiting = [
        failure(host.run({ argv: ['sleep', long] })),
        failure(host.run({ argv: ['sleep', limited], timeoutSeconds: 600 })),
        failure(stream.result),
      ];
      await expect.poll(() => runsHere(long) && runsHere(limited), { timeout: 10_000 }).toBe(true);
      link.silence();
      const begun = performance.now();
      for (const error of await Promise.all(waiting))
        expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', node: 'db1' });
      expect(performance.now() - begun).toBeLessThan(30_000);
      expect(await failure(host.run({ argv: ['true'] }))).toMatchObject({ code: 'HOST_UNREACHABLE', node: 'db1' });
      await host.close();
    },
  );

  test('is noticed at once when it is cut, and what it did is unknown', async () => {
    const { link, host } = await open();
    const running = failure(host.run({ argv: ['sleep', uniqueSleep()], timeoutSeconds: 5 }));
    await host.run({ argv: ['true'] });
    link.cut();
    expect(await running).toMatchObject({ code: 'OUTCOME_UNKNOWN', node: 'db1', retryable: true });
    expect(await failure(host.run({ argv: ['true'] }))).toMatchObject({ code: 'HOST_UNREACHABLE' });
    await host.close();
  });

  test('leaves no command on the host past its time limit', { timeout: 30_000 }, async () => {
    const { link, host } = await open();
    const long = uniqueSleep();
    const running = failure(host.run({ argv: ['sleep', long], timeoutSeconds: 4 }));
    await expect.poll(() => runsHere(long)).toBe(true);
    link.cut();
    await running;
    await expect.poll(() => runsHere(long), { timeout: 8000 }).toBe(false);
    await host.close();
  });

  test('holds up nobody who is done, where nobody noticed yet that the network fell silent', async () => {
    const { link, host } = await open();
    link.silence();
    const begun = performance.now();
    await host.close();
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('holds up nobody who came through a jump host, either', async () => {
    const link = await network();
    const knownHostsFile = join(server().directory, `known_jump_${link.port}`);
    const { ed25519 } = server().hostKeys;
    writeFileSync(knownHostsFile, `${ed25519}\n${ed25519.replace(String(server().port), String(link.port))}\n`);
    const jump = `${userInfo().username}@127.0.0.1:${link.port}`;
    const host = await connectHost({ ...server().settings, knownHostsFile, transport, jump });
    link.silence();
    const begun = performance.now();
    await host.close();
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('ends what waits when it is closed by us, and closing twice is fine', async () => {
    const { host } = await open();
    const running = failure(host.run({ argv: ['sleep', uniqueSleep()], timeoutSeconds: 3 }));
    await host.run({ argv: ['true'] });
    await host.close();
    expect(await running).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await host.close();
    expect(await failure(host.run({ argv: ['true'] }))).toMatchObject({ code: 'HOST_UNREACHABLE' });
  });
});

describe('openssh', () => {
  test('leaves no process of ours behind when we are killed', async () => {
    const settings = { ...server().settings, transport: 'openssh' };
    const script = `
      import { connectHost } from ${JSON.stringify(new URL('../../src/hosts/connect.ts', import.meta.url).pathname)};
      const host = await connectHost(${JSON.stringify(settings)});
      host.run({ argv: ['sleep', '5'], timeoutSeconds: 5 });
      console.log('up');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const ours = `-p ${server().port} -- 127.0.0.1 exec cat`;
    expect(runsHere(ours)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => runsHere(ours), { timeout: 10_000 }).toBe(false);
  });
});
