import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectHost } from '../../src/hosts/connect.ts';
import { sudoersFragment, type Host } from '../../src/hosts/host.ts';
import { cancelJob, inspectJob, removeJob, startJob, type JobSpec } from '../../src/hosts/job.ts';
import { openRunStore } from '../../src/hosts/run-store.ts';
import { createLab, type Lab } from './lab.ts';
import type { Machine } from './machine.ts';
import { labUnavailable } from './setup.ts';

const reason = labUnavailable();
const claimant = { run: 'r-1', owner: 'me@here (1)', since: '2026-11-27T10:00:00Z', boot: 'b', pid: 1, started: '2' };
const state = '/var/lib/postgresql/.replctl';
const start = ['/usr/bin/systemctl', 'start', 'cron.service'];
const failure = async (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);

describe.skipIf(reason !== undefined)(
  `hosts on a real machine${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let lab: Lab;
    let machine: Machine;

    beforeAll(async () => {
      lab = await createLab({ name: 'hosts.test' });
      machine = await lab.boot({ name: 'db1' });
    });
    afterAll(() => lab.destroy());

    const connectAs = async (user: string): Promise<Host> => {
      const { identityFile, knownHostsFile } = lab;
      const host = await connectHost({
        node: 'db1',
        host: machine.address,
        user,
        identityFile,
        knownHostsFile,
        transport: 'ssh2',
      });
      onTestFinished(() => host.close());
      return host;
    };
    let jobs = 0;
    const job = (script: string): JobSpec => ({
      id: `job-${++jobs}`,
      directory: `${state}/jobs`,
      as: 'postgres',
      argv: ['sh', '-c', script],
    });
    // The program itself: the shells around it have its name in their arguments before it runs.
    const runsThere = async (text: string) => (await machine.run(['pgrep', '-xf', text])).exitCode === 0;

    describe.each(['root', 'ops'])('logged in as %s', (user) => {
      test('acts as the owner of the database, and as root', async () => {
        const host = await connectAs(user);
        expect((await host.run({ argv: ['sh', '-c', 'id -un; echo $HOME'], as: 'postgres' })).stdout).toBe(
          'postgres\n/var/lib/postgresql\n',
        );
        expect((await host.run({ argv: ['/usr/bin/id', '-un'], as: 'root' })).stdout).toBe('root\n');
      });

      test('starts jobs that outlive the connection and a restart of sshd', async () => {
        const first = await connectAs(user);
        const running = await startJob(first, job('sleep 5001'));
        await machine.ok('systemctl restart ssh.service');
        await first.close();
        const host = await connectAs(user);
        expect(await inspectJob(host, running)).toMatchObject({ state: 'running' });
        await cancelJob(host, running);
        expect(await runsThere('sleep 5001')).toBe(false);
        expect(await inspectJob(host, running)).toMatchObject({ state: 'lost' });
        await removeJob(host, running);
      });

      test("ends a killed parent's child that ignores TERM", async () => {
        const host = await connectAs(user);
        const running = await startJob(host, job('(trap "" TERM; sleep 5002; sleep 5002) & wait'));
        await expect.poll(async () => runsThere('sleep 5002')).toBe(true);
        await machine.ok('kill -9 $(sed -n 2p /var/lib/postgresql/.replctl/jobs/' + running.id + '/process)');
        expect(await inspectJob(host, running)).toMatchObject({ state: 'running' });
        await cancelJob(host, running);
        expect(await runsThere('sleep 5002')).toBe(false);
        await removeJob(host, running);
      });

      test('guards acts of root by a lease that only the owner can read', async () => {
        const host = await connectAs(user);
        const store = openRunStore(host, { directory: `${state}/${user}`, as: 'postgres' });
        const claim = await store.claim(claimant);
        expect(claim).toEqual({ granted: true, epoch: 1 });
        const act = { argv: ['/usr/bin/systemctl', 'is-active', 'dbus.service'], as: 'root' };
        expect(await host.run({ ...act, guard: store.guard(1) })).toMatchObject({ exitCode: 0, stdout: 'active\n' });
        expect(await failure(host.run({ ...act, guard: store.guard(2) }))).toMatchObject({ code: 'LEASE_LOST' });
      });
    });

    test('puts a job into a scope of its own where the login is root, and ends what left its session', async () => {
      const host = await connectAs('root');
      const running = await startJob(host, job('setsid sleep 5003 8>&- & sleep 5003'));
      await expect.poll(async () => runsThere('sleep 5003')).toBe(true);
      const scopes = async () => machine.ok('systemctl list-units --plain --no-legend "replctl-job-*.scope"');
      expect(await scopes()).toContain(running.id);
      await cancelJob(host, running);
      expect(await runsThere('sleep 5003')).toBe(false);
      expect(await scopes()).toBe('');
      await removeJob(host, running);
      const again = await startJob(host, { ...job('exit 3'), id: running.id });
      await expect.poll(async () => inspectJob(host, again)).toMatchObject({ state: 'ended', exitCode: 3 });
      await removeJob(host, again);
    });

    test('may do with the sudoers fragment what it needs and nothing else', async () => {
      const host = await connectAs('nosudo');
      const refused = await failure(host.run({ argv: ['id'], as: 'postgres' }));
      expect(refused).toMatchObject({ code: 'AUTHENTICATION_FAILED', node: 'db1' });
      expect(refused).toHaveProperty('hint', expect.stringContaining('nosudo ALL=(postgres) NOPASSWD: ALL'));

      const fragment = sudoersFragment({ user: 'nosudo', owners: ['postgres'], rootCommands: [start] });
      await host.writeFile({ path: '/tmp/fragment', content: fragment, mode: 0o600 });
      await machine.ok(
        'visudo -cf /tmp/fragment && install -m 0440 -o root -g root /tmp/fragment /etc/sudoers.d/replctl',
      );
      expect((await host.run({ argv: ['id', '-un'], as: 'postgres' })).stdout).toBe('postgres\n');
      expect(await host.run({ argv: start, as: 'root' })).toMatchObject({ exitCode: expect.any(Number) as number });
      expect(await failure(host.run({ argv: ['/usr/bin/id'], as: 'root' }))).toMatchObject({
        code: 'AUTHENTICATION_FAILED',
        hint: expect.stringContaining('nosudo ALL=(root) NOPASSWD: /usr/bin/id\n') as string,
      });
      const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 256));
      const { stdoutBytes } = await host.run({ argv: ['cat'], as: 'postgres', stdin: bytes });
      expect(bytes.equals(stdoutBytes)).toBe(true);
      const long = failure(
        host.run({ argv: ['sleep', '5004'], as: 'postgres' }, { signal: AbortSignal.timeout(1000) }),
      );
      expect(await long).toMatchObject({ name: 'TimeoutError' });
      expect(await runsThere('sleep 5004')).toBe(false);
    });

    test('finds a job lost and a lease free after a power cut', async () => {
      const host = await connectAs('root');
      const store = openRunStore(host, { directory: `${state}/cut`, as: 'postgres' });
      await store.append('r-1', 'before');
      expect(await store.claim(claimant)).toEqual({ granted: true, epoch: 1 });
      const running = await startJob(host, job('echo begun; sleep 5005'));
      await expect.poll(async () => inspectJob(host, running)).toMatchObject({ state: 'running', stdout: 'begun\n' });
      await machine.powerCut();
      await machine.powerOn();
      const after = await connectAs('root');
      expect(await inspectJob(after, running)).toMatchObject({ state: 'lost' });
      await cancelJob(after, running);
      await removeJob(after, running);
      const then = openRunStore(after, { directory: `${state}/cut`, as: 'postgres' });
      expect(await then.read('r-1')).toBe('before\n');
      expect(await then.claim({ ...claimant, run: 'r-2' })).toEqual({ granted: true, epoch: 2 });
    });
  },
);
