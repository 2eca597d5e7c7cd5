import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectHost } from '../../src/hosts/connect.ts';
import { failure } from './fixtures/each-transport.ts';
import { startSshd, type Sshd } from './fixtures/sshd.ts';

/** The server's own keys are on the port that it has; `other` is a key that it has not. */
interface Lines {
  readonly name: string;
  readonly ed25519: string;
  readonly rsa: string;
  readonly ecdsa: string;
  readonly other: string;
  readonly bare: string;
}

const accepted: readonly (readonly [string, (lines: Lines) => string[]])[] = [
  ['the very key', ({ ed25519 }) => [ed25519]],
  ['only the RSA key of several', ({ rsa }) => [rsa]],
  ['only the ECDSA key of several', ({ ecdsa }) => [ecdsa]],
  ['a comment and a broken line before it', ({ ed25519 }) => ['# x', 'broken', ed25519]],
  ['another key of the type and the key', ({ name, other, ed25519 }) => [`${name} ${other}`, ed25519]],
  ['the bare name without the port', ({ bare }) => [`127.0.0.1 ${bare}`]],
  ['a pattern', ({ bare }) => [`[127.0.0.*]:* ${bare}`]],
];

const refused: readonly (readonly [string, (lines: Lines) => string[], string])[] = [
  ['nothing', () => [], 'HOST_KEY_UNKNOWN'],
  ['another host', ({ bare }) => [`[127.0.0.2]:22 ${bare}`], 'HOST_KEY_UNKNOWN'],
  ['a pattern that is negated', ({ name, bare }) => [`[127.0.0.*]:*,!${name} ${bare}`], 'HOST_KEY_UNKNOWN'],
  ['a certificate authority', ({ name, bare }) => [`@cert-authority ${name} ${bare}`], 'HOST_KEY_UNKNOWN'],
  ['another key of the bare name', ({ other }) => [`127.0.0.1 ${other}`], 'HOST_KEY_UNKNOWN'],
  ['another key', ({ name, other }) => [`${name} ${other}`], 'HOST_KEY_CHANGED'],
  ['the key, revoked', ({ ed25519, bare }) => [ed25519, `@revoked * ${bare}`], 'HOST_KEY_CHANGED'],
];

let sshd: Sshd | undefined;
const server = () => sshd!;
let other = '';
beforeAll(async () => {
  sshd = await startSshd();
  const file = join(sshd.directory, 'other');
  execFileSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file]);
  other = execFileSync('cut', ['-d', ' ', '-f', '1,2', `${file}.pub`], { encoding: 'utf8' }).trim();
});
afterAll(() => sshd?.stop());

describe.each(['ssh2', 'openssh'] as const)('host keys over %s', (transport) => {
  const connectKnowing = async (lines: readonly string[], hash = false) => {
    const knownHostsFile = join(server().directory, 'known_hosts_of_case');
    writeFileSync(knownHostsFile, lines.map((line) => `${line}\n`).join(''));
    if (hash) execFileSync('ssh-keygen', ['-H', '-f', knownHostsFile], { stdio: 'ignore' });
    const host = await connectHost({ ...server().settings, knownHostsFile, transport });
    await host.close();
  };
  const lines = (): Lines => ({
    ...server().hostKeys,
    name: `[127.0.0.1]:${server().port}`,
    other,
    bare: server().hostKeys.ed25519.split(' ').slice(1).join(' '),
  });

  test.each(accepted)('log in with %s known', async (_title, known) => {
    await expect(connectKnowing(known(lines()))).resolves.toBeUndefined();
  });

  test.each(refused)('refuse with %s known', async (_title, known, code) => {
    expect(await failure(connectKnowing(known(lines())))).toMatchObject({ code, node: 'db1', exitCode: 7 });
  });

  test('are found under hashed names', async () => {
    await connectKnowing([lines().ed25519], true);
    expect(await failure(connectKnowing([`${lines().name} ${other}`], true))).toMatchObject({
      code: 'HOST_KEY_CHANGED',
    });
  });

  const fingerprint = (text: string): string => {
    const shown = execFileSync('ssh-keygen', ['-lf', '-'], { input: text, encoding: 'utf8' });
    return shown.split(' ')[1]!;
  };

  test("come with an unknown one's fingerprint and how to accept it", async () => {
    const error = await failure(connectKnowing([]));
    expect(error).toHaveProperty('message', expect.stringContaining(fingerprint(lines().bare)));
    expect(error).toHaveProperty('hint', expect.stringContaining('ssh -o StrictHostKeyChecking=ask'));
    expect(error).toHaveProperty('hint', expect.stringContaining(`-p ${server().port}`));
  });

  test('come with both fingerprints of a changed key and how to forget the old one', async () => {
    const error = await failure(connectKnowing([`${lines().name} ${other}`]));
    expect(error).toHaveProperty('message', expect.stringContaining(fingerprint(lines().bare)));
    expect(error).toHaveProperty('message', expect.stringContaining(fingerprint(other)));
    expect(error).toHaveProperty('message', expect.stringMatching(/known_hosts_of_case:1/));
    expect(error).toHaveProperty('hint', expect.stringContaining(`ssh-keygen -R '[127.0.0.1]:${server().port}'`));
  });
});
