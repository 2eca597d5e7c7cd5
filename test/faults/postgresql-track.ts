import { compare } from '../e2e/support/compare.ts';
import { lookAt } from '../e2e/support/postgresql-world.ts';
import { makePristine, stateOf, type Lane } from '../e2e/support/reentry.ts';
import { mainServer } from '../e2e/support/server.ts';
import { writeFleet } from '../e2e/support/stage.ts';
import { startWriter } from '../e2e/support/writer.ts';
import { createLab } from '../lab/lab.ts';
import { operators } from './operators.ts';
import type { Track } from './track.ts';

/** Some megabytes that do not compress, so that a copy can be met on its way. */
const bulk = `CREATE TABLE noise AS SELECT g AS id, (SELECT string_agg(md5(random()::text || g || i), '') FROM generate_series(1, 60) i) AS text FROM generate_series(1, 12000) g`;

const disk = '/var/lib/postgresql';

export const postgresqlTrack = async (): Promise<Track> => {
  const lab = await createLab({ name: 'faults-postgresql' });
  const [leader, follower, other] = await lab.bootAll([
    { name: 'leader', settings: { listen_addresses: '*', max_wal_senders: 20 } },
    { name: 'follower', disks: { [disk]: 3000 } },
    { name: 'other' },
  ]);
  await leader.postgres.sql(bulk);
  const writer = await startWriter(leader, { pause: 0.03 });
  const fleet = await writeFleet(lab, {
    nodes: {
      leader: { host: leader.address },
      follower: { host: follower.address, follows: 'leader' },
      other: { host: other.address, follows: 'leader' },
    },
  });
  const { scratch, replctl, elsewhere } = operators(lab, fleet);
  const lane: Lane = { node: 'follower', leader, machine: follower, replctl, elsewhere };
  return {
    title: 'postgresql',
    lab,
    leader,
    follower,
    replctl,
    elsewhere,
    scratch,
    add: ['add-follower', 'follower'],
    remove: ['remove-follower', 'follower', '--yes'],
    disk,
    logs: [],
    state: async () => {
      const { world } = await lookAt(leader);
      const ofLeader = world
        .replaceAll(/^.*(?:replctl_other|lab[./]other).*\n/gm, '')
        .replaceAll(/r-[a-z0-9]{10}/g, 'RUN')
        .replaceAll(/(replctl_[a-z]+)_r[a-z0-9]{10}/g, '$1_RUN');
      return `${await stateOf(lane)}\n# leader\n${ofLeader}`;
    },
    sessions: (machine) =>
      machine.postgres.sql(
        "SELECT 'session', usename, application_name FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> 'psql'",
      ),
    differences: async () => {
      await writer.stop();
      const { differences } = await compare(mainServer(leader), mainServer(follower));
      await writer.goOn();
      return differences;
    },
    trim: async () => {
      await leader.postgres.sql('TRUNCATE written');
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
    restartLeader: () => leader.postgres.restart(),
    stopLeader: () => leader.postgres.stop(),
    startFollower: async () => {
      // While the one that panicked is still going down its unit does not start.
      await follower.ok(
        `for n in 1 2 3 4 5 6; do ! systemctl start ${follower.postgres.unit} || exit 0; sleep 2; done; systemctl status ${follower.postgres.unit}`,
      );
    },
    haveOther: async () => {
      await replctl.ok(['add-follower', 'other', '--replace', '--discard-old']);
    },
    promoteOther: async () => {
      await other.postgres.sql('SELECT pg_promote()');
    },
    loseLog: async () => {
      // One that is in use cannot be dropped.
      await leader.postgres.sql(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'replctl_follower%' AND NOT active; CHECKPOINT",
      );
    },
    secrets: async () => {
      const files = await follower.ok('cat /var/lib/postgresql/.replctl/*/passfile 2>/dev/null || true');
      return files
        .split('\n')
        .map((line) => line.split(':').at(-1) ?? '')
        .filter((word) => word.length > 10);
    },
  };
};
