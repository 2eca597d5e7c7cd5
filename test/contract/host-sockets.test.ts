import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bridgeCommand } from '../../src/hosts/host.ts';
import { failure, onEachTransport, owner } from './fixtures/each-transport.ts';
import { freePort } from './fixtures/sshd.ts';

/** Says back what it hears, then ends when the other side has ended. */
const echoServer = async (at: string | number): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(typeof at === 'number' ? { port: at, host: '127.0.0.1' } : { path: at });
  await once(server, 'listening');
  if (typeof at === 'string') chmodSync(at, 0o777);
  onTestFinished(() => void server.close());
  return server;
};

onEachTransport('sockets', (underTest) => {
  test('reaches a port on the host', async () => {
    const port = await freePort();
    await echoServer(port);
    const stream = await underTest().host.connect({ port, address: '127.0.0.1' });
    stream.write('ping');
    expect(String((await once(stream, 'data'))[0])).toBe('ping');
    stream.destroy();
  });

  test('reaches a unix socket on the host, odd names too', async () => {
    const socket = join(underTest().place, "o'dd: 100% é");
    await echoServer(socket);
    const stream = await underTest().host.connect({ socket });
    stream.write('ping');
    expect(String((await once(stream, 'data'))[0])).toBe('ping');
    stream.destroy();
  });

  test('says so when nothing answers', async () => {
    const { host } = underTest();
    const reach = async (target: Parameters<typeof host.connect>[0]) => {
      const stream = await host.connect(target);
      stream.resume();
      const [error] = await once(stream, 'error');
      throw error;
    };
    expect(await failure(reach({ port: await freePort(), address: '127.0.0.1' }))).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      node: 'db1',
    });
    expect(await failure(reach({ socket: '/nowhere/at-all' }))).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  test.each(['perl', 'python3'])('bridges to a socket as another user with %s', async (program) => {
    const socket = join(underTest().place, `bridge ${program}`);
    await echoServer(socket);
    const argv = bridgeCommand(socket).map((word) =>
      program === 'perl' ? word : word.replace('command -v perl', 'command -v no-perl-here'),
    );
    const stream = await underTest().host.duplex({ argv, as: owner });
    const bytes = randomBytes(20_000_000);
    const received: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk));
    stream.end(bytes);
    await once(stream, 'end');
    expect(Buffer.concat(received).equals(bytes)).toBe(true);
    expect(await stream.result).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('ends the bridge when the server closes', async () => {
    const socket = join(underTest().place, 'closing');
    const server = createServer((client) => client.end('bye'));
    server.listen(socket);
    await once(server, 'listening');
    chmodSync(socket, 0o777);
    onTestFinished(() => void server.close());
    const stream = await underTest().host.duplex({ argv: bridgeCommand(socket), as: owner });
    expect(String((await once(stream, 'data'))[0])).toBe('bye');
    expect(await stream.result).toMatchObject({ exitCode: 0 });
  });

  test('says why a bridge cannot be built', async () => {
    const stream = await underTest().host.duplex({ argv: bridgeCommand('/nowhere/at-all'), as: owner });
    stream.resume();
    expect(await stream.result).toMatchObject({ exitCode: 1, stderr: '/nowhere/at-all: No such file or directory\n' });
  });
});
