import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { must } from '../../src/hosts/host.ts';
import { failure, onEachTransport, otherUser, owner, runsHere, sleep } from './fixtures/each-transport.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];
let seconds = 7000;
/** A sleep that can be told from every other one. */
const uniqueSleep = () => `${++seconds}.${process.pid}`;

onEachTransport('commands', (underTest) => {
  test('knows who it is logged in as', async () => {
    const { host } = underTest();
    const { stdout } = await host.run({ argv: ['id', '-un'] });
    expect(host.login.user).toBe(stdout.trim());
  });

  test.each([0, 1, 3, 124, 127, 137, 254, 255])('keeps exit code %i', async (code) => {
    const result = await underTest().host.run({ argv: sh(`exit ${code}`) });
    expect(result.exitCode).toBe(code);
  });

  test('says 128 and the number of the signal that ended a command', async () => {
    expect((await underTest().host.run({ argv: sh('kill -TERM $$') })).exitCode).toBe(143);
    expect((await underTest().host.run({ argv: sh('kill -KILL $$') })).exitCode).toBe(137);
  });

  test('keeps stdout and stderr apart and whole', async () => {
    const result = await underTest().host.run({ argv: sh('echo out; echo err >&2; printf end >&2; printf é') });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'out\né', stderr: 'err\nend' });
  });

  test('runs in /, with umask 077 and LC_ALL=C', async () => {
    const { stdout } = await underTest().host.run({ argv: sh('pwd; umask; echo $LC_ALL'), as: owner });
    expect(stdout).toBe('/\n0077\nC\n');
  });

  test('hands arguments over exactly', async () => {
    const argv = ["it's", '"', 'a b', 'line\nbreak', '$(id)', '`id`', '-n', '', 'Zoë', '\\', '!x', '*'];
    const { stdout } = await underTest().host.run({ argv: ['printf', '%s\\0', ...argv], as: owner });
    expect(stdout.split('\0').slice(0, -1)).toEqual(argv);
  });

  test('reports a program that is not there', async () => {
    const { exitCode, stderr } = await underTest().host.run({ argv: ['no-such-program'] });
    expect(exitCode).toBe(127);
    expect(stderr).toContain('No such file');
  });

  test('throws with the last line of stderr where a failure is an error', async () => {
    const error = await failure(must(underTest().host, { argv: sh('echo first >&2; echo last >&2; exit 4') }));
    expect(error).toMatchObject({
      code: 'COMMAND_FAILED',
      node: 'db1',
      message: 'sh failed on db1 with exit code 4: last',
    });
  });

  test('carries 100 MB each way, byte for byte', async () => {
    const bytes = randomBytes(100 * 1024 * 1024);
    const { stdoutBytes } = await underTest().host.run({ argv: ['cat'], stdin: bytes });
    expect(sha256(stdoutBytes)).toBe(sha256(bytes));
  });

  test('does not mind a command that leaves its input unread', async () => {
    const result = await underTest().host.run({ argv: ['true'], stdin: randomBytes(5_000_000) });
    expect(result.exitCode).toBe(0);
  });

  test('runs eight at once and lets more wait', async () => {
    const { host, place } = underTest();
    const script = 'd=$(mktemp -d "$1/run.XXXXXX"); ls -d "$1"/run.* | wc -l; sleep 1.2; rmdir "$d"';
    const results = await Promise.all(
      Array.from({ length: 20 }, async () => host.run({ argv: sh(script, place), as: owner })),
    );
    const counts = results.map(({ stdout }) => Number(stdout));
    expect(results.map(({ exitCode }) => exitCode)).toEqual(results.map(() => 0));
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
    expect(Math.max(...counts)).toBeGreaterThan(4);
  });

  test('ends a command on the host when it is cancelled, its children too', async () => {
    const { host } = underTest();
    const [one, two] = [uniqueSleep(), uniqueSleep()];
    const controller = new AbortController();
    const running = host.run({ argv: sh(`sleep ${one} & sleep ${two}; :`), as: owner }, { signal: controller.signal });
    const ended = failure(running);
    await expect.poll(() => runsHere(one) && runsHere(two)).toBe(true);
    controller.abort(new Error('not wanted any more'));
    expect(await ended).toMatchObject({ message: 'not wanted any more' });
    expect(runsHere(one) || runsHere(two)).toBe(false);
  });

  test('ends a command that ignores TERM, too', async () => {
    const { host } = underTest();
    const long = uniqueSleep();
    const controller = new AbortController();
    const ended = failure(
      host.run({ argv: sh(`trap "" TERM; sleep ${long}; :`), as: owner }, { signal: controller.signal }),
    );
    await expect.poll(() => runsHere(long)).toBe(true);
    controller.abort(new Error('stop'));
    await ended;
    expect(runsHere(long)).toBe(false);
  });

  test('starts nothing when it was cancelled before', async () => {
    const running = underTest().host.run({ argv: ['true'] }, { signal: AbortSignal.abort(new Error('early')) });
    expect(await failure(running)).toMatchObject({ message: 'early' });
  });

  test('enforces the time limit on the host', async () => {
    const { host } = underTest();
    const long = uniqueSleep();
    const error = await failure(host.run({ argv: ['sleep', long], as: owner, timeoutSeconds: 1 }));
    expect(error).toMatchObject({ code: 'COMMAND_TIMEOUT', node: 'db1' });
    expect(runsHere(long)).toBe(false);
  });

  test('returns although the command left a child behind that holds its output', async () => {
    const { host } = underTest();
    const started = performance.now();
    const long = uniqueSleep();
    const result = await host.run({ argv: sh(`setsid sleep ${long} & echo $!`) });
    expect(result.exitCode).toBe(0);
    expect(performance.now() - started).toBeLessThan(6000);
    expect((await host.run({ argv: ['kill', result.stdout.trim()] })).exitCode).toBe(0);
  });

  test.skipIf(otherUser === undefined)('takes on another OS user, home and groups included', async () => {
    const { stdout } = await underTest().host.run({ argv: sh('id -un; id -gn; echo "$USER"'), as: otherUser });
    expect(stdout.split('\n')[0]).toBe(otherUser);
    expect(stdout).not.toContain('root');
  });

  test.skipIf(otherUser === undefined)('says so when there is no such OS user', async () => {
    const error = await failure(underTest().host.run({ argv: ['true'], as: 'nosuchuser' }));
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', node: 'db1' });
    expect(error).toHaveProperty('message', expect.stringContaining('nosuchuser'));
  });
});

onEachTransport('streams', (underTest) => {
  test('carry 100 MB each way at once', async () => {
    const stream = await underTest().host.duplex({ argv: ['cat'], as: owner });
    const piece = randomBytes(1024 * 1024);
    const sent = createHash('sha256');
    const received = createHash('sha256');
    stream.on('data', (chunk: Buffer) => received.update(chunk));
    for (let count = 0; count < 100; count++) {
      sent.update(piece);
      if (!stream.write(piece)) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'end');
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(await stream.result).toMatchObject({ exitCode: 0 });
  });

  test('let the command speak after its input has ended', async () => {
    const stream = await underTest().host.duplex({ argv: sh('cat >/dev/null; echo after; exit 5') });
    stream.end('input');
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('after\n');
    expect(await stream.result).toMatchObject({ exitCode: 5 });
  });

  test('hold a command back that writes more than is read', async () => {
    const stream = await underTest().host.duplex({ argv: sh('head -c 50000000 /dev/zero; echo done >&2') });
    const state = await Promise.race([stream.result.then(() => 'ended'), sleep(3500).then(() => 'held back')]);
    expect(state).toBe('held back');
    let bytes = 0;
    for await (const chunk of stream) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(50_000_000);
    expect((await stream.result).stderr).toBe('done\n');
  });

  test('end the command when they are destroyed', async () => {
    const long = uniqueSleep();
    const stream = await underTest().host.duplex({ argv: ['sleep', long], as: owner });
    await expect.poll(() => runsHere(long)).toBe(true);
    stream.destroy();
    await failure(stream.result);
    expect(runsHere(long)).toBe(false);
  });

  test('leave room for commands when many are open', async () => {
    const { host } = underTest();
    const opened = Array.from({ length: 7 }, async () => host.duplex({ argv: ['cat'] }));
    const first = await Promise.all(opened.slice(0, 5));
    expect((await host.run({ argv: ['echo', 'room'] })).stdout).toBe('room\n');
    const end = async (stream: Awaited<(typeof opened)[number]>) => {
      stream.resume();
      stream.end();
      await stream.result;
    };
    await Promise.all(first.map(end));
    for (const late of await Promise.all(opened.slice(5))) await end(late);
  });
});
