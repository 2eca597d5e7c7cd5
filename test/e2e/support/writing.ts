import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../../lab/machine.ts';

/** Somebody who writes on the leader without a pause, and remembers every row that the server said is committed. */
export interface Writer {
  /** How many rows are known to be committed by now. */
  count(): Promise<number>;
  /** Returns when that many more rows are committed. */
  more(rows: number): Promise<void>;
  /** Writes again after a stop. */
  goOn(): Promise<void>;
  /** Writes again where its server, or its machine, was lost; where it still writes that is all. */
  revive(): Promise<void>;
  /** Ends in order; returns the ids of all rows that the server said are committed. */
  stop(): Promise<readonly number[]>;
}

/** `script` appends an id a line to `/run/writer/committed`, and `ended STATUS` to `/run/writer/ended` once there is `/run/writer/stop`. */
export const startWriting = async (machine: Machine, user: string, script: string): Promise<Writer> => {
  await machine.ok(`install -d -o ${user} /run/writer; cat >/run/writer/script`, { input: script });
  // Without its server it is to end, not to write to nobody.
  const begin = () =>
    machine.ok(
      `systemd-run --quiet --collect --unit=writer --uid=${user} --property=IgnoreSIGPIPE=no bash /run/writer/script`,
    );
  await begin();
  const count = async () => Number(await machine.ok('wc -l </run/writer/committed'));
  const more = async (rows: number) => {
    const wanted = (await count()) + rows;
    while ((await count()) < wanted) {
      if ((await machine.run('test -e /run/writer/ended')).exitCode === 0) throw new Error('the writer has ended');
      await sleep(50);
    }
  };
  await sleep(100);
  await more(20);
  return {
    count,
    more,
    goOn: async () => {
      await machine.ok('cd /run/writer; rm stop ended');
      await begin();
      await more(20);
    },
    revive: async () => {
      // One that has lost its server may not have heard of it.
      const { exitCode } = await machine.run('sleep 1; systemctl -q is-active writer && [ ! -e /run/writer/ended ]');
      if (exitCode === 0) return;
      await machine.ok(
        `systemctl stop writer 2>/dev/null || true; install -d -o ${user} /run/writer; cat >/run/writer/script; cd /run/writer; rm -f stop ended; touch committed; chown ${user} committed`,
        { input: script },
      );
      await begin();
      await more(20);
    },
    stop: async () => {
      await machine.ok(
        'touch /run/writer/stop; until [ -e /run/writer/ended ]; do sleep 0.05; done; while systemctl -q is-active writer; do sleep 0.05; done',
      );
      const how = await machine.ok('cat /run/writer/ended; cat /run/writer/committed');
      const [ended, ...ids] = how.trimEnd().split('\n');
      if (ended !== 'ended 0') throw new Error(`the writer ended with ${ended}`);
      return ids.map(Number);
    },
  };
};
