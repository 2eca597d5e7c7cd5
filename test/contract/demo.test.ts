import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { directoryOf, leftOf, runDemo, type Shown } from './fixtures/demo.ts';

const finder = new URL('../../scripts/setup/postgresql-programs.mjs', import.meta.url).href;
const { findPrograms } = (await import(finder)) as { findPrograms: () => string | undefined };
const programs = findPrograms();
const reason = programs ? '' : ' (skipped: PostgreSQL is not installed here)';

describe.skipIf(!programs)(`npm run demo${reason}`, () => {
  describe('to its end', () => {
    let shown: Shown;
    beforeAll(async () => {
      shown = await runDemo();
    });
    const line = (pattern: RegExp) => shown.stdout.split('\n').find((candidate) => pattern.test(candidate));

    test('closes with what it found, exit 0', () => {
      expect(shown.stdout).toMatch(
        /✓ Servers, processes and directories are gone\.\n\nAll of it held\. The demo took \d+ s\.\n$/,
      );
      expect(shown.stdout).not.toContain('✗');
      expect(shown.code).toBe(0);
    });

    test('adds the follower with the command itself, while the leader is written to', () => {
      expect(shown.stdout).toMatch(/^\$ replctl add-follower follower/m);
      expect(shown.stderr).toMatch(/streaming database files, \d+ MB of \d+ MB/);
      expect(shown.stdout).toMatch(/^Done in [\d.]+ s, \d+ MB copied from leader by basebackup\.$/m);
      const [, written = '0'] = /^✓ ([\d,]+) transactions were committed/m.exec(shown.stdout) ?? [];
      expect(Number(written.replaceAll(',', ''))).toBeGreaterThan(0);
    });

    test('shows the status', () => {
      expect(shown.stdout).toMatch(/\$ replctl status\ndemo \(postgresql\): healthy\n/);
      expect(line(/^└─ follower .*streaming/)).toBeDefined();
    });

    test.each(['accounts', 'branches', 'history', 'tellers'])('compares every row of pgbench_%s', (table) => {
      const found = /leader +([\d,]+) ([0-9a-f]{12}) +follower +([\d,]+) ([0-9a-f]{12})$/.exec(
        line(new RegExp(`^✓ pgbench_${table} `)) ?? '',
      );
      const [, rows, hash, ...theirs] = found ?? [];
      expect([rows, hash]).toEqual(theirs);
      expect(rows).toMatch(/[1-9]/);
    });

    test("shows the server's own refusal of a write", () => {
      expect(shown.stdout).toContain('ERROR:  cannot execute INSERT in a read-only transaction\n✓ ');
    });

    test('leaves nothing', () => {
      expect(leftOf(directoryOf(shown))).toEqual([]);
    });
  });

  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)('$signal in the middle of the copy: exit $code, and nothing is left', async ({ signal, code }) => {
    const shown = await runDemo({ interrupt: { at: /streaming database files, \d+ MB/, signal } });
    expect(shown.stdout).toMatch(/Interrupted: cleaning up\n✓ Servers, processes and directories are gone\.\n$/);
    expect(shown.code).toBe(code);
    expect(leftOf(directoryOf(shown))).toEqual([]);
  });

  test('what does not hold is said, exit 1, and nothing is left', async () => {
    const shown = await runDemo({ env: { REPLCTL_PROGRESS: 'sideways' } });
    expect(shown.stdout).toContain('✗ replctl add-follower ended with exit code 2.\n');
    expect(shown.stdout).toMatch(/\nThe demo FAILED after \d+ s: see above\.\n$/);
    expect(shown.code).toBe(1);
    expect(leftOf(directoryOf(shown))).toEqual([]);
  });
});

describe('npm run demo', () => {
  test('does not know other words', async () => {
    await expect(runDemo({ argv: ['--flet'] })).resolves.toMatchObject({ code: 2, stdout: '' });
  });

  // In namespaces of its own, where /usr/lib/postgresql is empty, and this process is not root to itself.
  test.skipIf(process.getuid?.() !== 0)('without PostgreSQL and without root says in one line what to install', () => {
    const script = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url));
    const inside = 'mkdir -p /usr/lib/postgresql; mount -t tmpfs none /usr/lib/postgresql; exec unshare --user "$@"';
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', inside, 'sh', process.execPath, script],
      { encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^The demo needs: apt-get install -y postgresql.*\(as root\)\n$/);
  });
});
