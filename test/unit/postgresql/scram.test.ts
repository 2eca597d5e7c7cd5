import { describe, expect, test } from 'vitest';
import { newPassword } from '../../../src/adapters/new-password.ts';
import { scramVerifier } from '../../../src/adapters/postgresql/scram.ts';

describe('a SCRAM verifier', () => {
  // What PostgreSQL 15 had in pg_authid.rolpassword after CREATE ROLE … PASSWORD.
  test.each([
    [
      'correct horse battery staple',
      'SCRAM-SHA-256$4096:p64bUeggLjNt0J/eq2r63g==$+9Ny0Y1WW9+9z4gzH5PcrQQOLX5q2JBwCmsW7cOWkXU=:Zd90tqwPG7P7hfsO+K6tzOoWsvYwayzQiHknkxL9N8w=',
    ],
    [
      'a-Z_09',
      'SCRAM-SHA-256$4096:o0ilY7FzecswMqNgE92WXA==$Fi6wROoYLD2bIaXgQ2PYXMTjkc+Hm6lqIQlpUYfaRVI=:2JnTd5YPTNhYtC+9UQ77W0I4lceJz780Pq41vYAZ7+o=',
    ],
  ])('of %j is the one that a server makes', async (password, stored) => {
    const salt = Buffer.from(stored.split(':')[1]!.split('$')[0]!, 'base64');
    const verifier = await scramVerifier(password, salt);
    expect(verifier.reveal()).toBe(stored);
  });

  test('differs each time, and is never shown', async () => {
    const [one, other] = await Promise.all([scramVerifier('same'), scramVerifier('same')]);
    expect(one.reveal()).not.toBe(other.reveal());
    expect(`${String(one)} ${JSON.stringify({ one })}`).not.toContain('SCRAM');
  });
});

describe('a new password', () => {
  test('is long, of letters that need no SASLprep and no quoting, and never the same', () => {
    const passwords = Array.from({ length: 50 }, () => newPassword());
    expect(new Set(passwords).size).toBe(50);
    for (const password of passwords) expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
  });
});
