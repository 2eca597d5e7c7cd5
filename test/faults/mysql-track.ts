import { startMysqlWriter } from '../e2e/support/mysql-writer.ts';
import { compareMysql } from '../e2e/support/mysql-compare.ts';
import { sampleOf, type Flavour } from '../e2e/support/mysql-ground.ts';
import { applied, startMysqlFleet } from '../e2e/support/mysql-pair.ts';
import { lookAtMysql } from '../e2e/support/mysql-world.ts';
import { operators } from './operators.ts';
import type { Track } from './track.ts';

/** What a package's server was before the run lies in the data directory, which is a mount point here. */
const putBack = String.raw`
cd /var/lib/mysql
find . -mindepth 1 -maxdepth 1 ! -name '.replctl-*' -exec rm -r {} +
chmod --reference="$(echo .replctl-*/aside)" .
mv .replctl-*/aside/* .
rm -r .replctl-*
rm /etc/mysql/*.conf.d/zz-replctl.cnf`;

/**
 * Some megabytes, so that a copy can be met on its way; they hardly shrink, as MariaDB's dump is compressed or not by how fast the link seems to be, and the bytes
 * of two runs are compared.
 */
const bulk = `CREATE DATABASE bulk; CREATE TABLE bulk.noise (id int PRIMARY KEY, text varchar(2000), KEY (text(20)));
INSERT INTO bulk.noise WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 900) SELECT i, TO_BASE64(RANDOM_BYTES(570)) FROM g;
INSERT INTO bulk.noise SELECT id + 1000 * k, CONCAT(k, text) FROM bulk.noise, (WITH RECURSIVE h (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM h WHERE k < 20) SELECT k FROM h) n`;

const disk = '/var/lib/mysql';

export const mysqlTrack = async (flavour: Flavour, method: 'clone' | 'dump' | 'mariabackup'): Promise<Track> => {
  const fleet = await startMysqlFleet(`faults-${flavour}-${method}`, flavour, {
    leader: { settings: { binlog_expire_logs_seconds: 3600, event_scheduler: 'OFF' } },
    follower: { follows: 'leader', disks: { [disk]: 3000 } },
    other: { follows: 'leader' },
  });
  const { scratch, replctl, elsewhere } = operators(fleet.lab, fleet.fleet);
  const other = fleet.machines['other']!;
  const leader = fleet.machines['leader']!;
  const follower = fleet.machines['follower']!;
  await leader.mysql.sql(`${sampleOf(flavour)}\nUSE app; DROP EVENT every_second;`);
  await leader.mysql.sql(bulk);
  const writer = await startMysqlWriter(leader, { pause: 0.05 });
  return {
    title: `${flavour}, ${method}`,
    lab: fleet.lab,
    leader,
    follower,
    replctl,
    elsewhere,
    scratch,
    add: ['add-follower', 'follower', '--method', method],
    remove: ['remove-follower', 'follower', '--yes'],
    disk,
    logs: ['/var/lib/replctl'],
    state: async () => {
      const looks = await Promise.all([leader, follower].map((machine) => lookAtMysql(machine, flavour)));
      return (
        looks
          .map(({ world }) => world)
          .join('\n')
          .replaceAll(/^.*(?:replctl_other|lab[./]other).*\n/gm, '')
          .replaceAll(/r-[a-z0-9]{10}/g, 'RUN')
          .replaceAll(/(?<=server-uuid=).*/g, 'UUID')
          .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
          .replaceAll(/^[0-9a-f]{64}(?=  .*zz-replctl)/gm, 'HASH')
          // A lab machine that boots anew mounts it with a mode of its own.
          .replaceAll(/^(\/var\/lib\/mysql mysql) 7\d\d/gm, '$1')
          // Named after numbers that depend on which table was loaded first.
          .replaceAll(/^.*\/fts_\w+\.ibd .*\n/gim, '')
      );
    },
    sessions: (machine) =>
      machine.mysql.sql(
        "SELECT CONCAT('session ', user, ' ', command) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND COALESCE(db, '') <> 'writing' AND command NOT IN ('Daemon', 'Binlog Dump', 'Binlog Dump GTID') AND user NOT IN ('system user', 'event_scheduler')",
      ),
    differences: async () => {
      await writer.stop();
      await applied(leader, follower);
      const { differences } = await compareMysql(leader, follower);
      await writer.goOn();
      return differences;
    },
    trim: async () => {
      await leader.mysql.sql('TRUNCATE writing.written');
    },
    makePristine: async () => {
      await replctl.ok(['remove-follower', 'follower', '--yes']);
      await follower.mysql.stop();
      await follower.ok(putBack);
      await follower.mysql.start();
    },
    revive: async () => {
      await leader.powerOn();
      await leader.mysql.start();
      await writer.revive();
    },
    crashLeader: async () => {
      // Until systemd has noticed, to start it is nothing to do.
      const main = `systemctl show --property=MainPID --value ${leader.mysql.unit}`;
      await leader.ok(
        `before=$(${main}); kill -KILL "$before"; while [ "$(${main})" = "$before" ]; do sleep 0.05; done; systemctl start ${leader.mysql.unit}`,
      );
    },
    loseLog: async () => {
      const show = flavour === 'mysql' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
      await leader.mysql.sql('FLUSH BINARY LOGS');
      const [file] = (await leader.mysql.sql(show)).split('\t');
      // A file that is being read is left to the next one who purges.
      await leader.mysql.sql(`PURGE BINARY LOGS TO '${file}'`);
    },
    restartLeader: () => leader.mysql.restart(),
    stopLeader: () => leader.mysql.stop(),
    startFollower: () => follower.mysql.start(),
    haveOther: async () => {
      await replctl.ok(['add-follower', 'other', '--replace', '--discard-old', '--method', 'dump']);
    },
    promoteOther: async () => {
      await other.mysql.sql(
        flavour === 'mysql'
          ? 'STOP REPLICA; RESET REPLICA ALL; SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF'
          : 'STOP ALL SLAVES; RESET SLAVE ALL; SET GLOBAL read_only = OFF',
      );
    },
    secrets: async () => {
      // Of a private key, the line that is secret.
      const files = await follower.ok(
        'cat /var/lib/replctl-jobs/*/*.cnf 2>/dev/null || :; grep -rl \'PRIVATE KEY\' /var/lib/replctl-jobs 2>/dev/null | while read -r file; do printf \'key=%s\\n\' "$(sed -n 5p "$file")"; done',
      );
      return [...files.matchAll(/^(?:password="([^"]+)"|key=(.{20,}))$/gm)].map(
        ([, password, key]) => password ?? key!,
      );
    },
  };
};
