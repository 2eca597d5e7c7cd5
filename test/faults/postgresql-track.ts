import { compare } from '../e2e/support/compare.ts';
import { createReplctl } from '../e2e/support/replctl.ts';
import { makePristine, stateOf, type Lane } from '../e2e/support/reentry.ts';
import { mainServer } from '../e2e/support/server.ts';
import { writeFleet } from '../e2e/support/stage.ts';
import { startWriter } from '../e2e/support/writer.ts';
import { createLab } from '../lab/lab.ts';
import { otherMachine } from './other-machine.ts';
import type { Track } from './track.ts';

/** Some megabytes that do not compress, so that a copy can be met on its way. */
const bulk = `CREATE TABLE noise AS SELECT g AS id, (SELECT string_agg(md5(random()::text || g || i), '') FROM generate_series(1, 60) i) AS text FROM generate_series(1, 12000) g`;

export const postgresqlTrack = async (): Promise<Track> => {
  const lab = await createLab({ name: 'faults-postgresql' });
  const [leader, follower] = await lab.bootAll([
    { name: 'leader', settings: { listen_addresses: '*', max_wal_senders: 20 } },
    { name: 'follower' },
  ]);
  await leader.postgres.sql(bulk);
  const writer = await startWriter(leader);
  const fleet = await writeFleet(lab, {
    nodes: { leader: { host: leader.address }, follower: { host: follower.address, follows: 'leader' } },
  });
  const operator = { fleet, directory: lab.directory };
  const lane: Lane = {
    node: 'follower',
    leader,
    machine: follower,
    replctl: createReplctl(operator),
    elsewhere: createReplctl({ ...operator, under: otherMachine }),
  };
  return {
    title: 'postgresql',
    lab,
    leader,
    follower,
    replctl: lane.replctl,
    elsewhere: lane.elsewhere,
    add: ['add-follower', 'follower'],
    state: () => stateOf(lane),
    differences: async () => {
      await writer.stop();
      const { differences } = await compare(mainServer(leader), mainServer(follower));
      await writer.goOn();
      return differences;
    },
    makePristine: () => makePristine(lane),
    revive: async () => {
      await leader.powerOn();
      await leader.postgres.start();
      await writer.revive();
    },
    crashLeader: async () => {
      await leader.ok(`pkill -KILL -x postgres; sleep 0.3; systemctl restart ${leader.postgres.unit}`);
    },
    loseLog: async () => {
      // One that is in use cannot be dropped.
      await leader.postgres.sql(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'replctl%' AND NOT active; CHECKPOINT",
      );
    },
    restartLeader: () => leader.postgres.restart(),
    secrets: async () => {
      const files = await follower.ok('cat /var/lib/postgresql/.replctl/*/passfile 2>/dev/null || true');
      return files
        .split('\n')
        .map((line) => line.split(':').at(-1) ?? '')
        .filter((word) => word.length > 10);
    },
  };
};
