import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  findKnownHosts,
  fingerprint,
  knownHostName,
  parseKnownHosts,
  readKnownHosts,
} from '../../../src/hosts/known-hosts.ts';

const directory = mkdtempSync(join(tmpdir(), 'replctl-known-'));
afterAll(() => rmSync(directory, { recursive: true }));

const key = (name: string, type: string) => {
  const file = join(directory, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-t', type, '-f', file]);
  const [kind = '', blob = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  return { kind, blob, line: `${kind} ${blob}` };
};
const ed = key('ed', 'ed25519');
const rsa = key('rsa', 'rsa');

const text = [
  '# a comment',
  '',
  `plain.example ${ed.line} with a comment`,
  `both.example,10.0.0.7 ${rsa.line}`,
  `[ported.example]:2222 ${ed.line}`,
  `*.glob.example,!not.glob.example ${ed.line}`,
  `!alone.example ${ed.line}`,
  `one?.example ${rsa.line}`,
  `UPPER.example ${ed.line}`,
  `@revoked bad.example ${ed.line}`,
  `@cert-authority *.ca.example ${rsa.line}`,
  `   indented.example\t${ed.line}`,
  `[2001:db8::1]:22 ${ed.line}`,
  `2001:db8::2 ${ed.line}`,
  `[*.wild.example]:* ${ed.line}`,
  'broken.example ssh-ed25519',
  'a.b+c.example,x(y ' + ed.line,
].join('\n');
const file = join(directory, 'known_hosts');
writeFileSync(file, `${text}\n`);
const hashed = join(directory, 'hashed');
writeFileSync(hashed, `hidden.example ${ed.line}\n[hidden.example]:2222 ${rsa.line}\n`);
execFileSync('ssh-keygen', ['-H', '-f', hashed], { stdio: 'ignore' });

const names = [
  'plain.example',
  'PLAIN.example',
  'both.example',
  '10.0.0.7',
  '10.0.0.77',
  'ported.example',
  '[ported.example]:2222',
  '[ported.example]:2223',
  'a.glob.example',
  'a.b.glob.example',
  'not.glob.example',
  'glob.example',
  'alone.example',
  'else.example',
  'one1.example',
  'one.example',
  'upper.example',
  'bad.example',
  'x.ca.example',
  'indented.example',
  '2001:db8::1',
  '2001:db8::2',
  '[x.wild.example]:99',
  'broken.example',
  'a.b+c.example',
  'aXb+c.example',
  'x(y',
  'hidden.example',
  '[hidden.example]:2222',
  '[hidden.example]:2223',
];

/** The lines that OpenSSH finds for a name. */
const byOpenssh = (name: string, in_: string): number[] => {
  const { stdout } = spawnSync('ssh-keygen', ['-F', name, '-f', in_], { encoding: 'utf8' });
  return [...stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
};

describe('known hosts', () => {
  test.each([file, hashed])('finds what ssh-keygen -F finds in %s', (in_) => {
    const entries = parseKnownHosts(readFileSync(in_, 'utf8'), in_);
    for (const name of names) {
      const ours = findKnownHosts(entries, name).map(({ line }) => line);
      expect({ name, lines: ours }).toEqual({ name, lines: byOpenssh(name, in_) });
    }
  });

  test('has the fingerprint that OpenSSH shows', () => {
    const shown = execFileSync('ssh-keygen', ['-lf', join(directory, 'ed.pub')], { encoding: 'utf8' });
    expect(shown).toContain(fingerprint(Buffer.from(ed.blob, 'base64')));
  });

  test('names a host by its port only where it is not the usual one', () => {
    expect(knownHostName('DB1.example', 22)).toBe('db1.example');
    expect(knownHostName('db1.example', 2222)).toBe('[db1.example]:2222');
  });

  test('takes a missing file as empty and refuses one that cannot be read', async () => {
    expect(await readKnownHosts([join(directory, 'none')], 'db1')).toEqual([]);
    await expect(readKnownHosts([directory], 'db1')).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN', node: 'db1' });
  });
});
