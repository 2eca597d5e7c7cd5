import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult } from '../../src/procedures/contract.ts';
import type { RunEvent } from '../../src/workflow/events.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import { replayed } from './support/compare.ts';
import { describeWithEverything } from './support/extent.ts';
import { createReplctl, expectExit, type Ended, type Running } from './support/replctl.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';

/** Peak resident memory of a process that is running, in megabytes. */
const peakOf = async (running: Running): Promise<number> => {
  let peak = 0;
  let over = false;
  void running.ended.finally(() => {
    over = true;
  });
  while (!over) {
    try {
      const status = readFileSync(`/proc/${running.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
    await sleep(25);
  }
  return peak;
};

type Progress = Extract<RunEvent, { event: 'step-progress' }>;

describeWithEverything('2 GB of data', () => {
  let lab: Lab;
  let leader: Server;
  let follower: Server;
  let added: Ended;
  let peak: number;

  beforeAll(async () => {
    lab = await createLab({ name: 'large' });
    // How the rows came to be there is no part of the test.
    const settings = {
      listen_addresses: '*',
      fsync: 'off',
      autovacuum: 'off',
      max_wal_size: '8GB',
      shared_buffers: '512MB',
    };
    const [one, other] = await lab.bootAll([{ name: 'leader', settings }, { name: 'follower' }]);
    [leader, follower] = [mainServer(one), mainServer(other)];
    const pgbench = `${one.postgres.binDirectory}/pgbench`;
    await one.ok([pgbench, '-q', '-i', '-s', '130', '-I', 'dtGp', 'postgres'], {
      user: 'postgres',
      timeoutSeconds: 600,
    });
    const fleet = await writeFleet(lab, {
      nodes: { leader: { host: one.address }, follower: { host: other.address, follows: 'leader' } },
    });
    // On a quick machine it is over before it was told of thrice.
    const add = ['add-follower', 'follower', '--rate', '200MB/s'];
    const running = createReplctl({ fleet, directory: lab.directory }).start(add);
    peak = await peakOf(running);
    added = await running.ended;
  });
  afterAll(() => lab?.destroy());

  test('come over whole', async () => {
    expectExit(added, 0);
    const { bytes } = added.json.result as unknown as AddFollowerResult;
    const size = Number(await leader.sql('SELECT sum(pg_database_size(oid)) FROM pg_database'));
    expect(size).toBeGreaterThan(1.9e9);
    expect(Math.abs(bytes! / size - 1)).toBeLessThan(0.05);
    await replayed(leader, follower);
    const sums =
      'SELECT count(*), sum(aid::int8 * (bid + 7)), sum(hashtext(filler)), max(abalance) FROM pgbench_accounts';
    const [here, there] = await Promise.all([leader.sql(sums), follower.sql(sums)]);
    expect(here).toMatch(/^13000000\|/);
    expect(there).toBe(here);
  });

  test('are told of while they come: bytes, total, rate, time left', () => {
    const told = added.events.filter(
      (event): event is Progress => event.event === 'step-progress' && event.step === 'transfer.copy',
    );
    const counted = told.filter(({ bytes }) => bytes !== undefined);
    expect(counted.length).toBeGreaterThan(3);
    const bytes = counted.map((event) => event.bytes!);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    const whole = counted.filter(
      ({ total, rate, eta }) => total !== undefined && rate !== undefined && eta !== undefined,
    );
    expect(whole.length).toBeGreaterThan(2);
    for (const { total, rate, eta } of whole) {
      expect(total).toBeGreaterThan(1.9e9);
      expect(rate).toBeGreaterThan(0);
      expect(eta).toBeGreaterThanOrEqual(0);
    }
  });

  test('do not go through the machine that runs replctl, whose memory stays small', () => {
    expect(peak).toBeGreaterThan(30);
    expect(peak).toBeLessThanOrEqual(150);
  });
});
