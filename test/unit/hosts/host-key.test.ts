import { describe, expect, test } from 'vitest';
import { hostKeyError, judgeHostKey, knownKeyTypes, type HostKeyQuery } from '../../../src/hosts/host-key.ts';
import { parseKnownHosts } from '../../../src/hosts/known-hosts.ts';

const blob = Buffer.from('AAAA', 'base64');
const offered = { type: 'ssh-ed25519', blob };
const query: HostKeyQuery = { node: 'db1', host: 'db1.example', port: 22, user: 'ops', files: ['/h/.ssh/known_hosts'] };
const entries = (...lines: string[]) => parseKnownHosts(lines.join('\n'), '/h/.ssh/known_hosts');
const verdict = (lines: string[], change: Partial<HostKeyQuery> = {}) =>
  judgeHostKey(entries(...lines), { ...query, ...change }, offered).verdict;

describe('judgeHostKey', () => {
  test('knows a key among several of its type', () => {
    expect(verdict(['db1.example ssh-ed25519 BBBB', 'db1.example ssh-ed25519 AAAA'])).toBe('known');
  });

  test('sees a changed key only where one of that type is known', () => {
    expect(verdict(['db1.example ssh-ed25519 BBBB'])).toBe('changed');
    expect(verdict(['db1.example ssh-rsa BBBB'])).toBe('unknown');
  });

  test('lets a revocation win over everything', () => {
    expect(verdict(['db1.example ssh-ed25519 AAAA', '@revoked * ssh-ed25519 AAAA'])).toBe('revoked');
    expect(verdict(['db1.example ssh-ed25519 AAAA', '@revoked * ssh-ed25519 BBBB'])).toBe('known');
  });

  test('takes a certificate authority for no key', () => {
    expect(verdict(['@cert-authority * ssh-ed25519 AAAA'])).toBe('unknown');
  });

  test('accepts on another port what is known for the bare name, and never refuses because of it', () => {
    expect(verdict(['db1.example ssh-ed25519 AAAA'], { port: 2222 })).toBe('known');
    expect(verdict(['db1.example ssh-ed25519 BBBB'], { port: 2222 })).toBe('unknown');
    expect(verdict(['[db1.example]:2222 ssh-ed25519 BBBB', 'db1.example ssh-ed25519 AAAA'], { port: 2222 })).toBe(
      'changed',
    );
    expect(verdict(['[db1.example]:2222 ssh-ed25519 AAAA'])).toBe('unknown');
  });

  test('looks an alias up as it is, without the port', () => {
    expect(verdict(['cluster ssh-ed25519 AAAA'], { hostKeyAlias: 'cluster', port: 2222 })).toBe('known');
    expect(verdict(['db1.example ssh-ed25519 AAAA'], { hostKeyAlias: 'cluster' })).toBe('unknown');
  });

  test('asks the server for the types of key that are known', () => {
    const known = entries('db1.example ssh-rsa BBBB', '@cert-authority * ssh-ed25519 CCCC');
    expect(knownKeyTypes(known, query)).toEqual(['ssh-rsa']);
  });
});

describe('hostKeyError', () => {
  test('gives the fingerprint and the command that accepts the key', () => {
    const error = hostKeyError({
      query: { ...query, port: 2222 },
      verdict: 'unknown',
      type: 'ssh-ed25519',
      offered: 'SHA256:x',
    });
    expect(error).toMatchObject({ code: 'HOST_KEY_UNKNOWN', node: 'db1' });
    expect(error.message).toBe('The ssh-ed25519 key SHA256:x of db1 (db1.example:2222) is in no known hosts file');
    expect(error.hint).toContain(
      'ssh -o StrictHostKeyChecking=ask -o UserKnownHostsFile=/h/.ssh/known_hosts -p 2222 -l ops db1.example true',
    );
  });

  test('gives both fingerprints and the command that forgets the old key', () => {
    const place = { file: '/h/.ssh/known_hosts', line: 3 };
    const error = hostKeyError({
      query: { ...query, port: 2222 },
      verdict: 'changed',
      type: 'ssh-ed25519',
      offered: 'SHA256:new',
      known: 'SHA256:old',
      place,
    });
    expect(error.code).toBe('HOST_KEY_CHANGED');
    expect(error.message).toContain('SHA256:new');
    expect(error.message).toContain('SHA256:old (/h/.ssh/known_hosts:3)');
    expect(error.hint).toContain(`ssh-keygen -R '[db1.example]:2222' -f /h/.ssh/known_hosts`);
  });
});
