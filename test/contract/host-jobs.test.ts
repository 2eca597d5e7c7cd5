import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cancelJob, inspectJob, removeJob, startJob, type JobHandle, type JobSpec } from '../../src/hosts/job.ts';
import { Masked } from '../../src/masked.ts';
import { failure, onEachTransport, owner, runsHere, sleep } from './fixtures/each-transport.ts';

const sh = (script: string) => ['sh', '-c', script];
let count = 0;
const uniqueSleep = () => `${8000 + ++count}.${process.pid}`;

onEachTransport('jobs', (underTest) => {
  const spec = (argv: readonly string[], more: Partial<JobSpec> = {}): JobSpec => ({
    id: `job-${++count}`,
    directory: join(underTest().place, "jobs' directory"),
    as: owner,
    argv,
    ...more,
  });
  const start = async (job: JobSpec): Promise<JobHandle> => startJob(underTest().host, job);
  const inspect = async (job: JobHandle) => inspectJob(underTest().host, job);
  const over = async (job: JobHandle) => {
    await expect.poll(async () => (await inspect(job)).state, { timeout: 10_000 }).not.toBe('running');
    return inspect(job);
  };

  test('keep output and exit status until they are removed', async () => {
    const job = spec(sh('cat; echo oops >&2; exit 7'), { stdin: 'input é\n' });
    expect(await inspect(job)).toEqual({ state: 'absent' });
    await start(job);
    expect(await over(job)).toMatchObject({ state: 'ended', exitCode: 7, stdout: 'input é\n', stderr: 'oops\n' });
    expect(await failure(start(job))).toMatchObject({ code: 'FAILED', node: 'db1' });
    await removeJob(underTest().host, job);
    expect(await inspect(job)).toEqual({ state: 'absent' });
    await removeJob(underTest().host, job);
  });

  test('are waited for on the host: the answer comes when they end, or when patience does', async () => {
    const { host } = underTest();
    const job = spec(sh('sleep 2'));
    await start(job);
    expect(await inspectJob(host, job, { patience: 1 })).toMatchObject({ state: 'running', orphaned: false });
    expect(await inspectJob(host, job, { patience: 30 })).toMatchObject({ state: 'ended', exitCode: 0 });
    const long = spec(sh('sleep 60'));
    await start(long);
    const waiting = failure(inspectJob(host, long, { patience: 30, signal: AbortSignal.timeout(500) }));
    expect(await waiting).toMatchObject({ name: 'TimeoutError' });
    await cancelJob(host, long);
  });

  test('outlive the connection and are found from another', async () => {
    const first = await underTest().again();
    const job = await startJob(first, spec(sh('echo begun; sleep 1; echo done')));
    await first.close();
    await expect.poll(async () => inspect(job)).toMatchObject({ state: 'running', stdout: 'begun\n' });
    expect(await over(job)).toMatchObject({ state: 'ended', exitCode: 0, stdout: 'begun\ndone\n' });
  });

  test('are never started twice', async () => {
    const { host, place } = underTest();
    const job = spec(sh(`echo x >>'${place}/started'; sleep 2`));
    await Promise.all([start(job), start(job), startJob(host, job)]);
    await start(job);
    await sleep(500);
    expect(readFileSync(join(place, 'started'), 'utf8')).toBe('x\n');
    expect(await failure(removeJob(host, job))).toMatchObject({ code: 'FAILED' });
    await cancelJob(host, job);
  });

  test('get their input whole and leave no trace of it', async () => {
    const secret = 'correct horse '.repeat(20_000);
    const job = spec(sh('sleep 0.5; wc -c; sleep 0.5'), { stdin: new Masked(secret) });
    await start(job);
    const directory = join(job.directory, job.id);
    await expect.poll(() => readdirSync(directory)).not.toContain('stdin');
    expect(runsHere('correct horse')).toBe(false);
    expect(await over(job)).toMatchObject({ state: 'ended', stdout: `${secret.length}\n` });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) {
      expect(readFileSync(join(directory, name), 'utf8')).not.toContain('correct horse');
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
  });

  test('show the last 64 KiB of what they wrote', async () => {
    const job = spec(sh('head -c 200000 /dev/zero | tr "\\0" a; echo end'));
    await start(job);
    const state = await over(job);
    expect(state).toMatchObject({ state: 'ended', stdout: `${'a'.repeat(65_532)}end\n` });
  });

  test('are cancelled with all their processes, those that ignore TERM too', async () => {
    const long = uniqueSleep();
    const job = spec(sh(`(trap "" TERM; sleep ${long}; sleep ${long}) & (trap "" TERM; sleep ${long}) & wait`));
    await start(job);
    await expect.poll(() => runsHere(long)).toBe(true);
    await cancelJob(underTest().host, job);
    expect(runsHere(long)).toBe(false);
    expect(await inspect(job)).toMatchObject({ state: 'lost' });
    await cancelJob(underTest().host, job);
    await removeJob(underTest().host, job);
    await cancelJob(underTest().host, job);
  });

  test('still run while a child of a killed parent lives, and can be cancelled', async () => {
    const { host } = underTest();
    const long = uniqueSleep();
    const job = spec(sh(`sleep ${long} & wait`));
    await start(job);
    await expect.poll(() => runsHere(`^sleep ${long}$`)).toBe(true);
    const leader = readFileSync(join(job.directory, job.id, 'process'), 'utf8').split('\n')[1]!;
    await host.run({
      argv: sh(
        `for p in /proc/[0-9]*; do read -r a b c d e f g <"$p/stat"; [ "$f" = ${leader} ] && [ "\${p#/proc/}" != "$(pgrep -x -f 'sleep ${long}')" ] && kill -9 "\${p#/proc/}"; done; :`,
      ),
      as: owner,
    });
    await sleep(200);
    expect(runsHere(`^sleep ${long}$`)).toBe(true);
    expect(await inspect(job)).toMatchObject({ state: 'running', orphaned: true });
    expect(await failure(removeJob(host, job))).toMatchObject({ code: 'FAILED' });
    await cancelJob(host, job);
    expect(runsHere(`sleep ${long}`)).toBe(false);
    expect(await inspect(job)).toMatchObject({ state: 'lost' });
  });

  test('are cancelled where a process closed the lock it inherited', async () => {
    const long = uniqueSleep();
    const job = spec(sh(`sleep ${long} 8>&- & wait`));
    await start(job);
    await expect.poll(() => runsHere(`^sleep ${long}$`)).toBe(true);
    await cancelJob(underTest().host, job);
    expect(runsHere(long)).toBe(false);
  });

  test('are lost when all of them was killed', async () => {
    const { host } = underTest();
    const long = uniqueSleep();
    const job = spec(['sleep', long]);
    await start(job);
    await expect.poll(() => runsHere(`^sleep ${long}`)).toBe(true);
    const leader = readFileSync(join(job.directory, job.id, 'process'), 'utf8').split('\n')[1]!;
    await host.run({ argv: ['pkill', '-KILL', '-s', leader], as: owner });
    expect(await over(job)).toMatchObject({ state: 'lost' });
  });

  test('of a machine that has rebooted since are not mistaken for what has their number now', async () => {
    const { host } = underTest();
    const job = spec(sh('exit 0'));
    await start(job);
    await over(job);
    const bystander = uniqueSleep();
    const other = await start(spec(['sleep', bystander]));
    await expect.poll(() => readdirSync(join(other.directory, other.id))).toContain('process');
    const theirs = readFileSync(join(other.directory, other.id, 'process'), 'utf8').split('\n');
    const stale = ['another-boot', ...theirs.slice(1)].join('\n');
    await host.writeFile({ path: join(job.directory, job.id, 'process'), content: stale, mode: 0o600, as: owner });
    await cancelJob(host, job);
    expect(runsHere(bystander)).toBe(true);
    await cancelJob(host, other);
    expect(runsHere(bystander)).toBe(false);
  });
});
