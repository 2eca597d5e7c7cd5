import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeNamed } from '../../../src/fleet/fleet.ts';
import { loadFleet } from '../../../src/fleet/load.ts';
import { load, ownDirectory, surroundings, withNodes } from './fleet-file.ts';

const orders = `
fleet: orders
engine: postgresql
ssh:
  user: ops
  port: 2222
  identityFile: ~/.ssh/id_ed25519
  knownHostsFile: known_hosts
database:
  port: 5432
  tablespaces: { /srv/a: /mnt/a }
nodes:
  db1: { host: 10.0.0.11 }
  db2: { host: 10.0.0.12, follows: db1, ssh: { user: root, jump: bastion.example } }
  db3:
    host: 10.0.0.13
    follows: db2
    address: 192.168.9.13
    database: { port: 5433, dataDir: /srv/pg, tablespaces: { /srv/b: /mnt/b } }
  db4: { transport: local, follows: db1 }
`;

describe('a fleet file that holds', () => {
  test('its nodes keep their order, and the one without follows is the leader', async () => {
    const fleet = await load(orders);
    expect(fleet.nodes.map((node) => [node.name, node.follows])).toEqual([
      ['db1', undefined],
      ['db2', 'db1'],
      ['db3', 'db2'],
      ['db4', 'db1'],
    ]);
    expect(fleet).toMatchObject({ name: 'orders', engine: 'postgresql', file: 'replctl.yaml' });
    expect(fleet.leader).toBe(fleet.nodes[0]);
  });

  test('a node overrides single keys of the ssh section', async () => {
    const { nodes } = await load(orders);
    expect(nodes[1]?.ssh).toMatchObject({
      node: 'db2',
      host: '10.0.0.12',
      user: 'root',
      port: 2222,
      transport: 'auto',
    });
    expect(nodes[1]?.ssh.jump).toBe('bastion.example');
    expect(nodes[0]?.ssh.jump).toBeUndefined();
  });

  test('the tablespaces of the section and of the node are put together', async () => {
    const { nodes } = await load(orders);
    expect(nodes[2]?.database).toEqual({
      port: 5433,
      dataDir: '/srv/pg',
      tablespaces: { '/srv/a': '/mnt/a', '/srv/b': '/mnt/b' },
    });
  });

  test('the address is the host unless it is said, and this machine for a local node', async () => {
    const { nodes } = await load(orders);
    expect(nodes.map((node) => node.address)).toEqual(['10.0.0.11', '10.0.0.12', '192.168.9.13', '127.0.0.1']);
    expect(nodes[3]?.ssh).toMatchObject({ transport: 'local' });
  });

  test('~ is the home, and other relative paths start at the fleet file', async () => {
    const directory = await ownDirectory();
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'sub', 'fleet.yaml'), orders);
    const fleet = await loadFleet(surroundings(directory, { fleet: 'sub/fleet.yaml' }));
    expect(fleet.leader.ssh.identityFile).toBe('/home/ops/.ssh/id_ed25519');
    expect(fleet.leader.ssh.knownHostsFile).toBe(join(directory, 'sub', 'known_hosts'));
  });

  test('names that are also members of every object are names like any other', async () => {
    const fleet = await load(withNodes('constructor: { host: a }', 'valueof: { host: b, follows: constructor }'));
    expect(fleet.leader.name).toBe('constructor');
  });
});

describe('where it is found', () => {
  test('--fleet comes before $REPLCTL_FLEET, and that before ./replctl.yaml', async () => {
    const directory = await ownDirectory();
    for (const name of ['replctl', 'environment', 'flag']) {
      await writeFile(join(directory, `${name}.yaml`), withNodes('db1: { host: a }').replace('orders', name));
    }
    const environment = { REPLCTL_FLEET: 'environment.yaml' };
    expect((await loadFleet(surroundings(directory))).name).toBe('replctl');
    expect((await loadFleet(surroundings(directory, { environment }))).name).toBe('environment');
    expect((await loadFleet(surroundings(directory, { environment, fleet: 'flag.yaml' }))).name).toBe('flag');
  });

  test('"-" is standard input', async () => {
    const readStdin = async () => withNodes('db1: { host: a }');
    const fleet = await loadFleet(surroundings(await ownDirectory(), { fleet: '-', readStdin }));
    expect(fleet).toMatchObject({ name: 'orders', file: '<stdin>' });
  });

  test('a missing file is named, with what to do', async () => {
    await expect(loadFleet(surroundings(await ownDirectory()))).rejects.toMatchObject({
      code: 'FLEET_INVALID',
      exitCode: 2,
      message: 'The fleet file replctl.yaml cannot be read: there is no such file.',
      hint: expect.stringContaining('--fleet'),
    });
  });
});

describe('a node by its name', () => {
  test('is found, or refused with the nearest name', async () => {
    const fleet = await load(orders);
    expect(nodeNamed(fleet, 'db3').address).toBe('192.168.9.13');
    expect(() => nodeNamed(fleet, 'db33')).toThrow('replctl.yaml has no node "db33" (did you mean "db3"?).');
    expect(() => nodeNamed(fleet, 'constructor')).toThrow(expect.objectContaining({ code: 'USAGE', exitCode: 2 }));
  });
});
