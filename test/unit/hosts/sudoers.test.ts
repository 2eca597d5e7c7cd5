import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { sudoersFragment } from '../../../src/hosts/sudoers.ts';

const fragment = sudoersFragment({
  user: 'ops',
  owners: ['postgres'],
  rootCommands: [
    ['/usr/bin/systemctl', 'start', 'postgresql@17-main.service'],
    ['/usr/bin/systemctl', 'stop', 'a:b,c=d.service'],
  ],
});

describe('sudoersFragment', () => {
  test('names users and exact commands, says who wrote it and how to undo it', () => {
    expect(fragment).toContain('ops ALL=(postgres) NOPASSWD: ALL\n');
    expect(fragment).toContain(
      'ops ALL=(root) NOPASSWD: /usr/bin/systemctl start postgresql@17-main.service, /usr/bin/systemctl stop a\\:b\\,c\\=d.service\n',
    );
    expect(fragment).toMatch(/^# Written for replctl/);
    expect(fragment).toContain('# Undo: ');
  });

  test('is valid for visudo', (context) => {
    const { status, error, stdout, stderr } = spawnSync('visudo', ['-cf', '-'], { input: fragment, encoding: 'utf8' });
    if (error) context.skip('visudo is not installed');
    expect({ status, said: stdout + stderr }).toMatchObject({ status: 0 });
  });
});
