import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import type { Envelope } from '../../src/report/envelope.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeInLab } from './support/in-lab.ts';
import { program } from './support/replctl.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';
import { fingerprint } from './support/traces.ts';

const script = join(import.meta.dirname, '..', '..', 'templates', 'ci', 'provision.sh');

/** One job of a CI system: `replctl` on the path, a workspace of its own, and a process group that is ended whole. */
const createJob = (directory: string, fleet: string) => {
  const at = (name: string) => join(directory, name);
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at('bin/replctl'), `#!/bin/sh\nexec '${process.execPath}' '${program()}' "$@"\n`, { mode: 0o755 });
  const start = (args: readonly string[], output: string) => {
    const child = spawn('sh', [script, ...args], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: `${at('bin')}:${process.env['PATH']}`,
        HOME: directory,
        CI: 'true',
        REPLCTL_FLEET: fleet,
        REPLCTL_STATE_DIR: at('state'),
        OUTPUT: at(output),
      },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise<{ exitCode: number | null; said: string }>((resolve) => {
      child.once('close', (exitCode) => resolve({ exitCode, said }));
    });
    return { ended, cancel: () => process.kill(-child.pid!, 'SIGTERM') };
  };
  return {
    start,
    run: async (args: readonly string[], output: string) => start(args, output).ended,
    read: (output: string, name: string) => {
      try {
        return readFileSync(join(directory, output, name), 'utf8');
      } catch {
        return '';
      }
    },
    document: <R>(output: string, name: string): { envelope: Envelope; result: R } => {
      const envelope = JSON.parse(readFileSync(join(directory, output, name), 'utf8')) as Envelope;
      return { envelope, result: envelope.result as R };
    },
  };
};

describeInLab('the provisioning script for CI', () => {
  let lab: Lab;
  let machines: Record<'leader' | 'fresh' | 'used', Machine>;
  let leader: Server;
  let job: ReturnType<typeof createJob>;

  beforeAll(async () => {
    lab = await createLab({ name: 'provision' });
    const [one, fresh, used] = await lab.bootAll([
      { name: 'leader', settings: { listen_addresses: '*' } },
      { name: 'fresh' },
      { name: 'used' },
    ]);
    machines = { leader: one, fresh, used };
    leader = mainServer(one);
    await leader.sql('CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 100000) g');
    await mainServer(used).sql('CREATE DATABASE precious');
    const fleet = await writeFleet(lab, {
      nodes: {
        leader: { host: one.address },
        fresh: { host: fresh.address, follows: 'leader' },
        used: { host: used.address, follows: 'leader' },
      },
    });
    job = createJob(join(lab.directory, 'workspace'), fleet);
  });
  afterAll(() => lab?.destroy());

  test('is ended by the CI system in the middle, and goes on when it is run again', async () => {
    const cancelled = job.start(['fresh', '--rate', '4MB/s'], 'first');
    while (!/"step":"transfer.copy".*"bytes":[1-9]/.test(job.read('first', 'events.ndjson'))) await sleep(50);
    cancelled.cancel();
    // The shell is ended by the signal too; what replctl answered is in its document.
    await cancelled.ended;
    while (job.read('first', 'add-follower.json') === '') await sleep(50);
    const { envelope } = job.document('first', 'add-follower.json');
    expect(envelope).toMatchObject({ ok: false, error: { code: 'TERMINATED', exitCode: 143 } });

    const again = await job.run(['fresh', '--rate', '4MB/s'], 'second');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.said).toContain('provision: fresh is a follower and healthy');
    const added = job.document<AddFollowerResult>('second', 'add-follower.json');
    expect(added.result.outcome).toBe('added');
    expect(added.envelope.run).toBe(envelope.run);
    expect(job.document<StatusResult>('second', 'status.json').result.healthy).toBe(true);
    expect(await compare(leader, mainServer(machines.fresh))).toMatchObject({ differences: [] });
  });

  test('changes nothing when the follower is there', async () => {
    const before = await fingerprint(machines.leader, leader);
    expect(await job.run(['fresh'], 'third')).toMatchObject({ exitCode: 0 });
    expect(job.document<AddFollowerResult>('third', 'add-follower.json').result.outcome).toBe('already');
    expect(await fingerprint(machines.leader, leader)).toBe(before);
  });

  test('stops where the preflight refuses, before any change', async () => {
    const used = mainServer(machines.used);
    const both = () => Promise.all([fingerprint(machines.leader, leader), fingerprint(machines.used, used)]);
    const before = await both();
    const refused = await job.run(['used'], 'fourth');
    expect(refused.exitCode).toBe(3);
    expect(refused.said).toContain('nothing was changed');
    expect(job.document('fourth', 'plan.json').envelope).toMatchObject({ error: { code: 'PREFLIGHT_REFUSED' } });
    expect(await both()).toEqual(before);
  });

  test('passes its flags on', async () => {
    expect(await job.run(['used', '--replace', '--discard-old'], 'fifth')).toMatchObject({ exitCode: 0 });
    expect(await compare(leader, mainServer(machines.used))).toMatchObject({ differences: [] });
  });

  test('says how it is used', async () => {
    expect(await job.run([], 'sixth')).toMatchObject({ exitCode: 2 });
  });
});
