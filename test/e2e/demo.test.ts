import { beforeAll, expect, test } from 'vitest';
import { runDemo, type Shown } from '../contract/fixtures/demo.ts';
import { describeInLab } from './support/in-lab.ts';

describeInLab('npm run demo -- --fleet', () => {
  let shown: Shown;
  beforeAll(async () => {
    shown = await runDemo({ argv: ['--fleet'] });
  });

  test('adds a follower over SSH on two machines, proves it and closes with exit 0', () => {
    expect(shown.stdout).toMatch(/^leader +[\d.]+ +Debian trixie, PostgreSQL 17$/m);
    expect(shown.stdout).toMatch(/^\$ replctl add-follower follower/m);
    expect(shown.stdout).toMatch(/^✓ pgbench_accounts +leader +3,000,000 (\w{12}) +follower +3,000,000 \1$/m);
    expect(shown.stdout).toContain('ERROR:  cannot execute INSERT in a read-only transaction\n✓ ');
    expect(shown.stdout).toMatch(
      /✓ Servers, processes and directories are gone\.\n\nAll of it held\. The demo took \d+ s\.\n$/,
    );
    expect(shown.code).toBe(0);
  });
});
