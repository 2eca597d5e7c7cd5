import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ownDirectory, withNodes } from '../unit/fleet/fleet-file.ts';
import { replctl } from '../unit/commands/replctl.ts';
import { saying } from './fixtures/saying.ts';
import { freePort, keygen, startSshd, type Sshd } from './fixtures/sshd.ts';

type Options = Parameters<typeof replctl>[1] & { readonly fleet?: string; readonly mode?: number };

/** What the command answers with this fleet file in an empty home: to a script, and the same to a person. */
const refusal = async (argv: readonly string[], { fleet, mode = 0o600, ...options }: Options = {}) => {
  const directory = options.directory ?? (await ownDirectory());
  if (fleet !== undefined) {
    await writeFile(join(directory, 'replctl.yaml'), fleet);
    await chmod(join(directory, 'replctl.yaml'), mode);
  }
  const [person, script] = await Promise.all(
    [[], ['--json']].map((flags) => replctl([...argv, ...flags], { ...options, directory })),
  );
  const { ok, error } = JSON.parse(script!.stdout) as { ok: boolean; error: { message: string; exitCode: number } };
  expect({ ok, stderr: script!.stderr }).toEqual({ ok: false, stderr: '' });
  expect(person!.stdout).toBe('');
  expect(person!.stderr).toContain(error.message.split('\n')[0]);
  expect(person!.stderr).toContain('Next:');
  expect(person!.stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect([person!.exitCode, script!.exitCode]).toEqual([error.exitCode, error.exitCode]);
  return error;
};

const db1 = 'db1: { host: 127.0.0.1 }';
const db2 = 'db2: { host: 127.0.0.1, follows: db1 }';

describe('a fleet file', () => {
  const refused: readonly (readonly [
    what: string,
    fleet: string | undefined,
    says: readonly string[],
    advises: string,
  ])[] = [
    ['that is missing', undefined, ['replctl.yaml', 'no such file'], '--fleet'],
    ['that is no YAML', 'fleet: [orders', ['replctl.yaml:1:', 'not YAML'], ''],
    [
      'with an unknown key',
      withNodes(db1, 'db2: { host: b, folows: db1 }'),
      ['replctl.yaml:5:19', '"folows"', '(did you mean "follows"?)'],
      '',
    ],
    [
      'with a wrong type',
      withNodes('db1: { host: a, database: { port: "x" } }'),
      ['replctl.yaml:4:37', 'port must be a number'],
      '',
    ],
    [
      'with a node that follows itself',
      withNodes(db1, 'db2: { host: b, follows: db2 }'),
      ['replctl.yaml:5:28', 'db2 follows itself'],
      '',
    ],
    [
      'with a circle',
      withNodes(db1, 'db2: { host: b, follows: db3 }', 'db3: { host: c, follows: db2 }'),
      ['db2 follows db3 follows db2'],
      '',
    ],
    ['with two leaders', withNodes(db1, 'db2: { host: b }'), ['replctl.yaml:5:3', 'db2', 'db1'], ''],
    [
      'that follows a node that does not exist',
      withNodes(db1, 'db2: { host: b, follows: db9 }'),
      ['replctl.yaml:5:28', '"db9"', 'did you mean "db1"?'],
      '',
    ],
  ];
  test.each(refused)('%s', async (_, fleet, says, advises) => {
    expect(await refusal(['add-follower', 'db2'], fleet === undefined ? {} : { fleet })).toMatchObject({
      exitCode: 2,
      code: 'FLEET_INVALID',
      message: saying(...says),
      hint: saying(advises),
    });
  });

  test('that others can write and that holds a command: it is not run', async () => {
    const directory = await ownDirectory();
    const ran = join(directory, 'ran');
    const fleet = withNodes(`db1: { host: 127.0.0.1, database: { adminPassword: { command: [touch, ${ran}] } } }`, db2);
    const error = await refusal(['add-follower', 'db2'], { fleet, mode: 0o666, directory });
    expect(error).toMatchObject({
      exitCode: 2,
      code: 'FLEET_INVALID',
      message: saying('replctl.yaml:4:', 'command', 'other users can write it', 'chmod go-w'),
      hint: saying(''),
    });
    expect(await readdir(directory)).toEqual(['replctl.yaml']);
  });
});

describe('a name that is none', () => {
  const fleet = withNodes(db1, db2);

  test.each(['add-follower', 'check', 'status'])('of a node: %s', async (command) => {
    expect(await refusal([command, 'db22'], { fleet })).toMatchObject({
      exitCode: 2,
      code: 'USAGE',
      message: saying('"db22"', 'did you mean "db2"?'),
      hint: saying('db1, db2'),
    });
  });

  test.each([
    ['resume', 'r-0000000000'],
    ['abandon', '--yes', 'r-0000000000'],
    ['runs', 'show', 'r-0000000000'],
    ['runs', 'show', '../../etc/passwd'],
    ['resume', '../../etc/passwd'],
  ])('of a run: %s %s %s', async (...argv) => {
    const error = await refusal(
      argv.filter((word) => word !== undefined),
      { fleet },
    );
    expect(error).toMatchObject({
      exitCode: 2,
      code: 'RUN_NOT_FOUND',
      message: saying(argv.at(-1)!),
      hint: saying('replctl runs'),
    });
  });

  test('of the leader, as a follower', async () => {
    expect(await refusal(['add-follower', 'db1'], { fleet })).toMatchObject({
      exitCode: 2,
      code: 'USAGE',
      message: saying('db1 is the leader of fleet orders'),
      hint: saying('`follows`'),
    });
  });

  test('of an upstream that is the node itself', async () => {
    expect(await refusal(['add-follower', 'db2', '--upstream', 'db2'], { fleet })).toMatchObject({
      exitCode: 2,
      code: 'USAGE',
      message: saying('db2 cannot follow itself'),
      hint: saying('--upstream'),
    });
  });
});

describe('a host', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  /** Both nodes at this address, reached with this key. */
  const fleetAt = (host: string, port: number, more = ''): string =>
    `${withNodes(`db1: { host: ${host} }`, `db2: { host: ${host}, follows: db1 }`)}ssh: { port: ${port}, user: ${sshd.settings.user}, identityFile: ${sshd.settings.identityFile}, knownHostsFile: ${sshd.settings.knownHostsFile}, connectTimeoutSeconds: 2${more} }\n`;

  const transports = ['ssh2', 'openssh'];

  test.each(transports)('whose name does not resolve (%s)', async (transport) => {
    const fleet = fleetAt('db1.invalid', 22, `, transport: ${transport}`);
    expect(await refusal(['add-follower', 'db2'], { fleet })).toMatchObject({
      exitCode: 7,
      code: 'HOST_UNREACHABLE',
      message: saying('db1.invalid'),
      hint: saying('host'),
      node: 'db1',
    });
  });

  test.each(transports)('that refuses the connection (%s)', async (transport) => {
    const port = await freePort();
    expect(
      await refusal(['check', 'db2'], { fleet: fleetAt('127.0.0.1', port, `, transport: ${transport}`) }),
    ).toMatchObject({
      exitCode: 7,
      code: 'HOST_UNREACHABLE',
      message: saying(`127.0.0.1`, `${port}`, 'refused'),
      hint: saying('sshd'),
      node: 'db1',
    });
  });

  test.each(transports)('that never answers (%s)', async (transport) => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const began = Date.now();
    expect(
      await refusal(['add-follower', 'db2'], { fleet: fleetAt('127.0.0.1', port, `, transport: ${transport}`) }),
    ).toMatchObject({
      exitCode: 7,
      code: 'HOST_UNREACHABLE',
      message: saying('127.0.0.1', 'no login within 2 s'),
      hint: saying(''),
      node: 'db1',
    });
    expect(Date.now() - began).toBeLessThan(60_000);
  });

  test.each(transports)('with another key than the one that is known (%s)', async (transport) => {
    const directory = await ownDirectory();
    keygen(join(directory, 'other'), '-t', 'ed25519');
    const known = join(directory, 'known_hosts');
    const [kind, key] = (await readFile(join(directory, 'other.pub'), 'utf8')).split(' ');
    await writeFile(known, `[127.0.0.1]:${sshd.port} ${kind} ${key}\n`);
    const fleet = fleetAt('127.0.0.1', sshd.port, `, transport: ${transport}`).replace(
      sshd.settings.knownHostsFile!,
      known,
    );
    expect(await refusal(['add-follower', 'db2'], { fleet })).toMatchObject({
      exitCode: 7,
      code: 'HOST_KEY_CHANGED',
      message: saying('127.0.0.1', 'SHA256:'),
      hint: saying('ssh-keygen -R'),
      node: 'db1',
    });
  });

  test.each(transports)('that is not known (%s)', async (transport) => {
    const directory = await ownDirectory();
    const known = join(directory, 'known_hosts');
    await writeFile(known, '');
    const fleet = fleetAt('127.0.0.1', sshd.port, `, transport: ${transport}`).replace(
      sshd.settings.knownHostsFile!,
      known,
    );
    expect(await refusal(['add-follower', 'db2'], { fleet })).toMatchObject({
      exitCode: 7,
      code: 'HOST_KEY_UNKNOWN',
      message: saying('127.0.0.1', 'SHA256:'),
      hint: saying(known),
      node: 'db1',
    });
  });

  test.each(transports)('that lets nobody in with this key (%s)', async (transport) => {
    const directory = await ownDirectory();
    keygen(join(directory, 'mine'), '-t', 'ed25519');
    const fleet = fleetAt('127.0.0.1', sshd.port, `, transport: ${transport}`).replace(
      sshd.settings.identityFile!,
      join(directory, 'mine'),
    );
    expect(await refusal(['add-follower', 'db2'], { fleet })).toMatchObject({
      exitCode: 7,
      code: 'AUTHENTICATION_FAILED',
      message: saying('127.0.0.1', sshd.settings.user!),
      hint: saying(''),
      node: 'db1',
    });
  });
});

describe('a state directory', () => {
  const nobody = 65_534;

  test('that cannot be written: nothing is begun', async () => {
    const directory = await ownDirectory();
    const state = join(directory, 'state');
    await mkdir(state, { mode: 0o555 });
    await chmod(directory, 0o755);
    const asRoot = process.getuid?.() === 0;
    const error = await refusal(['add-follower', 'db2'], {
      fleet: withNodes(db1, db2),
      mode: 0o644,
      directory,
      environment: { REPLCTL_STATE_DIR: state },
      ...(asRoot ? { uid: nobody } : {}),
    });
    expect(error).toMatchObject({
      exitCode: 2,
      code: 'STATE_UNWRITABLE',
      message: saying(state),
      hint: saying('REPLCTL_STATE_DIR'),
    });
    expect(await readdir(state)).toEqual([]);
  });
});
