import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

describe('the packed package, installed into an empty prefix', () => {
  const place = mkdtempSync(join(tmpdir(), 'replctl-package-'));
  const prefix = join(place, 'prefix');
  const replctl = (...argv: readonly string[]) =>
    spawnSync(join(prefix, 'bin', 'replctl'), argv, {
      cwd: place,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: place },
    });

  beforeAll(() => {
    // Packing compiles anew: others run what is compiled here meanwhile.
    const checkout = join(place, 'checkout');
    const left = ['.git', 'dist', 'node_modules'].map((name) => join(root, name));
    cpSync(root, checkout, { recursive: true, filter: (path) => !left.includes(path) });
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
    const npm = (...argv: readonly string[]) =>
      execFileSync('npm', argv, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
    npm('pack', '--pack-destination', place);
    const [tarball = ''] = readdirSync(place).filter((name) => name.endsWith('.tgz'));
    // Without scripts, as under npm 12: the native parts of ssh2 are optional and must stay so.
    npm('install', '--global', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', join(place, tarball));
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  test('says its version', () => {
    expect(replctl('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(`^replctl/${version} `) });
  });

  test('lists its commands', () => {
    const { status, stdout } = replctl('--help');
    expect(stdout).toMatch(/add-follower .*\n/);
    expect(status).toBe(0);
  });

  test('ends with exit 2 where there is no fleet file', () => {
    const { status, stdout, stderr } = replctl('status', '--json');
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'FLEET_INVALID' } });
  });

  test('brings what it refers to, and nothing that only its makers need', () => {
    const installed = join(prefix, 'lib', 'node_modules', 'replctl');
    const names = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.startsWith('node_modules'),
    );
    for (const needed of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/run.js',
      'dist/main.js',
      'docs/exit-codes.md',
      'docs/fleet-file.md',
      'oclif.manifest.json',
      'replctl.schema.json',
      'templates/replctl.example.yaml',
      'templates/ci/provision.sh',
    ]) {
      expect(names).toContain(needed);
    }
    expect(names.filter((name) => /^(src|test|scripts)\b|^bin\/dev|\.tsbuildinfo$/.test(name))).toEqual([]);
  });
});
