import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command, type CommandResult } from './command.ts';
import { createLab, type Lab } from './lab.ts';
import type { Machine } from './machine.ts';
import { readLabs } from './registry.ts';
import { labUnavailable } from './setup.ts';

const reason = labUnavailable();

describe.skipIf(reason !== undefined)(`the lab${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  let leader: Machine;
  let follower: Machine;

  const ssh = (name: string, script: string): Promise<CommandResult> =>
    command(['ssh', '-F', lab.sshConfigFile, '-o', 'ConnectTimeout=2', name, script], { timeoutSeconds: 30 });
  const reaches = async (from: Machine, to: Machine): Promise<boolean> =>
    (await from.run(['ping', '-c', '1', '-W', '1', to.address])).exitCode === 0;

  beforeAll(async () => {
    lab = await createLab({ name: 'lab.test' });
    [leader, follower] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      { name: 'follower' },
    ]);
  });
  afterAll(() => lab.destroy());

  test('boots whole machines', async () => {
    for (const machine of [leader, follower]) {
      expect((await machine.ok('systemctl is-system-running')).trim()).toBe('running');
      expect((await machine.ok('cat /proc/1/comm /etc/hostname')).trim()).toBe(`systemd\n${machine.name}`);
    }
  });

  test('lets ops in by ssh, with sudo, and nosudo without', async () => {
    expect(await ssh('leader', 'whoami; sudo -n whoami')).toMatchObject({ exitCode: 0, stdout: 'ops\nroot\n' });
    expect((await ssh('root@leader', 'whoami')).stdout).toBe('root\n');
    expect((await ssh('nosudo@leader', 'sudo -n whoami')).exitCode).toBe(1);
  });

  test('gives each machine a cluster, machine id and host key of its own', async () => {
    const identities = await Promise.all([leader, follower].map((machine) => machine.postgres.systemIdentifier()));
    expect(identities[0]).toMatch(/^\d+$/);
    expect(identities[0]).not.toBe(identities[1]);
    expect(await leader.ok('cat /etc/machine-id')).not.toBe(await follower.ok('cat /etc/machine-id'));
    expect(leader.hostKey.split(' ')[2]).not.toBe(follower.hostKey.split(' ')[2]);
  });

  test('starts the cluster with the settings asked for', async () => {
    expect(await leader.postgres.sql('SHOW listen_addresses')).toBe('*');
    expect(await follower.postgres.sql('SHOW listen_addresses')).toBe('localhost');
  });

  test('passes text through as it is', async () => {
    const odd = `ü 'quoted' "twice" $HOME \\ 名`;
    expect(await leader.ok(['printf', '%s', odd])).toBe(odd);
    expect(await leader.ok('cat', { input: odd, user: 'ops' })).toBe(odd);
    expect(await leader.postgres.sql(`SELECT '${odd.replaceAll("'", "''")}'`)).toBe(odd);
  });

  test('cuts a machine off, and mends', async () => {
    await follower.cut();
    expect(await reaches(leader, follower)).toBe(false);
    expect((await ssh('follower', 'true')).exitCode).toBe(255);
    await follower.mend();
    await expect.poll(() => reaches(leader, follower), { timeout: 10_000 }).toBe(true);
    expect((await ssh('follower', 'true')).exitCode).toBe(0);
  });

  test('cuts two machines from each other only', async () => {
    await follower.cutFrom(leader);
    expect(await reaches(leader, follower)).toBe(false);
    expect((await ssh('follower', 'true')).exitCode).toBe(0);
    await follower.mendFrom(leader);
    expect(await reaches(leader, follower)).toBe(true);
  });

  test('slows the network down', async () => {
    const seconds = async () => {
      const started = performance.now();
      await command(['ssh', '-F', lab.sshConfigFile, 'leader', 'head -c 10M /dev/zero']);
      return (performance.now() - started) / 1000;
    };
    await leader.slow('40mbit');
    expect(await seconds()).toBeGreaterThan(1.9);
    await leader.fast();
    expect(await seconds()).toBeLessThan(1.9);
  });

  test('keeps the disk over a power cut, and the faults too', async () => {
    await follower.postgres.sql('CREATE TABLE kept AS SELECT 42 AS answer');
    await follower.smallDisk('/srv/small', 64);
    const before = await follower.ok('cat /proc/sys/kernel/random/boot_id');
    await follower.powerCut();
    expect(follower.isOn).toBe(false);
    expect((await ssh('follower', 'true')).exitCode).toBe(255);
    await follower.powerOn();
    expect(await follower.ok('cat /proc/sys/kernel/random/boot_id')).not.toBe(before);
    expect(await follower.postgres.sql('SELECT answer FROM kept')).toBe('42');
    expect(await follower.postgres.log()).toContain('not properly shut down');
    const full = await follower.run('head -c 100M /dev/zero >/srv/small/file');
    expect(full.stderr).toContain('No space left on device');
    expect((await ssh('follower', 'true')).exitCode).toBe(0);
  });

  test('comes back from a reboot from inside', async () => {
    const boot = () => ssh('follower', 'cat /proc/sys/kernel/random/boot_id').then(({ stdout }) => stdout);
    const before = await boot();
    await follower.run('systemctl reboot');
    await expect.poll(boot, { timeout: 30_000 }).not.toSatisfy((now) => now === before || now === '');
  });

  test('hides a machine behind a bastion', async () => {
    const hidden = await lab.boot({ name: 'hidden', image: 'trixie-base', behind: leader });
    expect((await ssh('hidden', 'hostname')).stdout).toBe('hidden\n');
    expect(await reaches(leader, hidden)).toBe(true);
    expect((await command(['timeout', '1', 'bash', '-c', `: </dev/tcp/${hidden.address}/22`])).exitCode).not.toBe(0);
    expect((await follower.run(['ping', '-c', '1', '-W', '1', hidden.address])).exitCode).not.toBe(0);
  });

  test('has machines without a server, and servers without a cluster', async () => {
    const [plain, empty] = await lab.bootAll([
      { name: 'plain', image: 'bookworm-base', disk: 'memory' },
      { name: 'empty', image: 'bookworm', cluster: false, disk: 'memory' },
    ]);
    expect((await plain.run('ls /usr/lib/postgresql')).exitCode).not.toBe(0);
    expect(await empty.ok('ls /usr/lib/postgresql; pg_lsclusters --no-header')).toBe('15\n');
  });

  test('leaves nothing behind', async () => {
    const { id, directory, hiddenNetwork } = lab;
    await lab.destroy();
    expect(existsSync(directory)).toBe(false);
    expect((await readLabs()).map((other) => other.id)).not.toContain(id);
    expect(readdirSync('/sys/class/net').filter((link) => link.startsWith(id))).toEqual([]);
    const left = await command([
      'sh',
      '-c',
      'cat /proc/mounts; losetup --list; cat /proc/[0-9]*/cmdline | tr "\\0" " "',
    ]);
    expect(left.stdout).not.toContain(id);
    expect(left.stdout).not.toContain(`unreachable ${hiddenNetwork}`);
  });
});
