import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin', 'run.js');
const place = mkdtempSync(join(tmpdir(), 'replctl-start-'));
afterAll(() => rmSync(place, { recursive: true }));
const env = { PATH: process.env['PATH'], HOME: place };

/** Pretends to be an older Node, before the program is read. */
const asNode = (version: string): readonly string[] => [
  '--import',
  `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
];

/** `bin/run.js` alone, with the given program as the Node that comes along. */
const alone = (name: string, bundled?: string): string => {
  const directory = join(place, name);
  mkdirSync(join(directory, 'bin'), { recursive: true });
  copyFileSync(bin, join(directory, 'bin', 'run.js'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  if (bundled !== undefined) {
    mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(bundled, join(directory, 'node_modules', '.bin', 'node'));
  }
  return join(directory, 'bin', 'run.js');
};

const script = (name: string, text: string): string => {
  const path = join(place, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
};

describe('on an old Node', () => {
  test.each(['12.22.12', '18.20.4', '20.20.2', '22.12.0'])('%s: one line that says what to do, exit 1', (version) => {
    const ended = spawnSync(process.execPath, [...asNode(version), alone(`old-${version}`), 'status'], {
      env,
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `replctl needs Node.js 22.13 or newer and this is ${version}: install a newer one, or put it first on PATH.\n`,
    });
  });

  test('the Node that came along takes over, with its exit code', () => {
    const bundled = script('bundled', '#!/bin/sh\necho "took over: $2" && exit 7\n');
    const ended = spawnSync(process.execPath, [...asNode('20.20.2'), alone('taken', bundled), 'status'], {
      env,
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 7, stdout: 'took over: status\n', stderr: '' });
  });

  test('and does not do so twice, when it is too old itself', () => {
    const bundled = script(
      'old',
      `#!/bin/sh\nexec "${process.execPath}" ${asNode('18.0.0')
        .map((part) => `"${part}"`)
        .join(' ')} "$@"\n`,
    );
    const ended = spawnSync(process.execPath, [...asNode('20.20.2'), alone('twice', bundled), 'status'], {
      env,
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 1, stderr: expect.stringContaining('this is 18.0.0') });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s reaches it', async (signal) => {
    const bundled = script(
      `waits-${signal}`,
      `#!/bin/sh\ntrap 'exit 42' ${signal.slice(3)}\necho ready\nwhile :; do sleep 0.1; done\n`,
    );
    const child = spawn(process.execPath, [...asNode('20.20.2'), alone(`signalled-${signal}`, bundled)], { env });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill(signal);
    await expect(new Promise((resolve) => child.once('exit', resolve))).resolves.toBe(42);
  });
});

describe('the start', () => {
  const once = (argv: readonly string[]): number => {
    const begun = process.hrtime.bigint();
    expect(spawnSync(process.execPath, argv, { env, stdio: 'ignore' }).status).toBe(0);
    return Number(process.hrtime.bigint() - begun);
  };
  const fastest = (argv: readonly string[]): number => Math.min(...Array.from({ length: 10 }, () => once(argv)));

  test('of --version takes at most four times as long as that of Node alone, of --help six times', () => {
    const bare = fastest(['-e', '0']);
    expect(fastest([bin, '--version']) / bare).toBeLessThan(4);
    expect(fastest([bin, '--help']) / bare).toBeLessThan(6);
  });

  test('keeps compiled code where nobody else can write', () => {
    once([bin, '--version']);
    expect(statSync(join(place, '.cache', 'replctl', 'compile-cache')).mode & 0o777).toBe(0o700);
  });

  test('does not need a home that can be written', () => {
    const ended = spawnSync(process.execPath, [bin, '--version'], {
      env: { ...env, HOME: '/dev/null' },
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a reader that goes away', () => {
  test.each(['--help', 'add-follower --help', '--version'])('%s | head -1', (argv) => {
    const pipe = `"${process.execPath}" "${bin}" ${argv} | head -1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    expect(spawnSync('bash', ['-c', pipe], { env, encoding: 'utf8' })).toMatchObject({ stdout: '0\n', stderr: '' });
  });

  test('of the errors does not change the exit code', () => {
    const pipe = `"${process.execPath}" "${bin}" status 2>&1 | true; echo "\${PIPESTATUS[0]}"`;
    expect(spawnSync('bash', ['-c', pipe], { env, cwd: place, encoding: 'utf8' }).stdout).toBe('2\n');
  });
});
