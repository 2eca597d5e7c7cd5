import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { opensshConfig } from '../../../src/hosts/openssh-config.ts';
import { parseJump } from '../../../src/hosts/route.ts';
import { parseSshConfig } from '../../../src/hosts/ssh-config.ts';

describe('parseSshConfig', () => {
  test('reads what ssh -G says', () => {
    const config = parseSshConfig(
      [
        'user ops',
        'hostname 10.0.0.11',
        'port 2222',
        'identitiesonly yes',
        'identityfile ~/.ssh/one',
        'identityfile /keys/with space',
        'certificatefile ~/.ssh/one-cert.pub',
        'userknownhostsfile /h/known_hosts /h/known_hosts2',
        'globalknownhostsfile /etc/ssh/ssh_known_hosts',
        'proxyjump a,b',
        'hostkeyalias cluster',
        'connecttimeout 7',
      ].join('\n'),
    );
    expect(config).toMatchObject({
      user: 'ops',
      hostname: '10.0.0.11',
      port: 2222,
      identitiesOnly: true,
      identityFiles: [join(homedir(), '.ssh/one'), '/keys/with space'],
      certificateFiles: [join(homedir(), '.ssh/one-cert.pub')],
      userKnownHostsFiles: ['/h/known_hosts', '/h/known_hosts2'],
      globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts'],
      proxyJump: 'a,b',
      hostKeyAlias: 'cluster',
      connectTimeoutSeconds: 7,
    });
  });

  test('takes `none` for what it says', () => {
    expect(parseSshConfig('hostname x\nproxyjump none\nproxycommand none\nconnecttimeout none')).toMatchObject({
      proxyJump: undefined,
      proxyCommand: undefined,
      connectTimeoutSeconds: undefined,
    });
  });
});

describe('parseJump', () => {
  test('reads users, ports and addresses', () => {
    expect(parseJump('me@one:2222,two,[2001:db8::1]:22,ssh://x@three')).toEqual([
      { host: 'one', user: 'me', port: 2222 },
      { host: 'two', user: undefined, port: undefined },
      { host: '2001:db8::1', user: undefined, port: 22 },
      { host: 'three', user: 'x', port: undefined },
    ]);
  });

  test.each(['', '-oProxyCommand=x', 'a:b:c', 'one,,two'])('refuses %j', (text) => {
    expect(() => parseJump(text)).toThrow('no jump host');
  });
});

describe('opensshConfig', () => {
  const settings = { node: 'db1', host: 'x', transport: 'openssh' } as const;

  test("puts our strict settings before the includes of other people's", () => {
    const lines = opensshConfig({ ...settings, identityFile: '/keys/a b' }, 20).split('\n');
    expect(lines.indexOf('StrictHostKeyChecking yes')).toBeLessThan(lines.indexOf('Include ~/.ssh/config'));
    expect(lines).toContain('IdentityFile "/keys/a b"');
    expect(lines).toContain('IdentitiesOnly yes');
  });

  test('lets no newline and no quote through', () => {
    expect(() => opensshConfig({ ...settings, knownHostsFile: '/x\nProxyCommand evil' }, 20)).toThrow(
      'cannot be handed',
    );
  });
});
