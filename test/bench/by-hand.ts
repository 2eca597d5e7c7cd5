import type { Machine } from '../lab/machine.ts';
import type { Stage } from './stage.ts';

/** Every command by its path: Debian's wrappers in front of them take 100 ms each. */
const words = (machine: Machine): string => `
cd /
bin=${machine.postgres.binDirectory} data=${machine.postgres.dataDirectory}
pg() { setpriv --reuid=postgres --regid=postgres --init-groups --reset-env -- "$@"; }
ask() { pg $bin/psql -X -At -d postgres -c "$1" 2>/dev/null; }`;

/** systemctl would wait for two seconds more than the server takes to start. */
const startUntilUp = (machine: Machine): string => `
systemctl --no-block start ${machine.postgres.unit}
until ask 'SELECT 1' >/dev/null; do sleep 0.05; done`;

const untilCaughtUp = (leader: Machine): string => `
target=$($bin/psql -X -At -h ${leader.address} -U hand -d postgres -c 'SELECT pg_current_wal_lsn()')
until [ "$(ask "SELECT pg_last_wal_replay_lsn() >= '$target' AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')")" = t ]; do
  sleep 0.05
done`;

/** The least that makes a verified follower: what an expert types who knows every address and account. */
export const byHand = async ({ leader, follower }: Stage): Promise<void> => {
  const conninfo = `host=${leader.address} user=hand application_name=follower`;
  await follower.ok(
    `${words(follower)}
pg $bin/pg_basebackup -d '${conninfo}' -w -D $data -X stream -C -S hand -c fast --compress=server-zstd -R
pg $bin/pg_verifybackup -q $data
${startUntilUp(follower)}
${untilCaughtUp(leader)}`,
    { timeoutSeconds: 3600 },
  );
};

/** As its manual has it. */
export const byRepmgr = async ({ leader, follower }: Stage): Promise<void> => {
  await follower.ok(
    `${words(follower)}
pg repmgr -f /etc/repmgr.conf -h ${leader.address} -U repmgr -d repmgr standby clone --fast-checkpoint
${startUntilUp(follower)}
pg repmgr -f /etc/repmgr.conf standby register
${untilCaughtUp(leader)}`,
    { timeoutSeconds: 3600 },
  );
};
