import type { Lab } from '../lab/lab.ts';
import { must } from '../lab/command.ts';
import type { Machine } from '../lab/machine.ts';
import type { Stage } from './stage.ts';

/**
 * The seconds of a script that an operator runs on the machine, logged in as replctl is: a login has the machine's limits on memory, and with
 * them its page cache, which a process that only entered the machine's namespaces has not. The login itself is not counted.
 */
const typed = async (machine: Machine, lab: Lab, script: string): Promise<number> => {
  const timed = `set -e\nbegan=$(date +%s%N)\n${words(machine)}\n${script}\necho "took $(($(date +%s%N) - began))"`;
  const said = await must(['ssh', '-F', lab.sshConfigFile, machine.name, 'bash', '-s'], {
    input: timed,
    timeoutSeconds: 3600,
  });
  return Number(/^took (\d+)$/m.exec(said)?.[1]) / 1e9;
};

/** Every command by its path: Debian's wrappers in front of them take 100 ms each. */
const words = (machine: Machine): string => `
cd /
bin=${machine.postgres.binDirectory} data=${machine.postgres.dataDirectory}
pg() { sudo -n -u postgres -- "$@"; }
ask() { pg $bin/psql -X -At -d postgres -c "$1" 2>/dev/null; }`;

/** systemctl would wait for two seconds more than the server takes to start. */
const startUntilUp = (machine: Machine): string => `
sudo -n systemctl --no-block start ${machine.postgres.unit}
until ask 'SELECT 1' >/dev/null; do sleep 0.05; done`;

const untilCaughtUp = (leader: Machine): string => `
target=$($bin/psql -X -At -h ${leader.address} -U hand -d postgres -c 'SELECT pg_current_wal_lsn()')
until [ "$(ask "SELECT pg_last_wal_replay_lsn() >= '$target' AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')")" = t ]; do
  sleep 0.05
done`;

/** The least that makes a verified follower, in seconds: what an expert types who knows every address and account. */
export const byHand = async ({ lab, leader, follower }: Stage): Promise<number> =>
  typed(
    follower,
    lab,
    `
pg $bin/pg_basebackup -d 'host=${leader.address} user=hand application_name=follower' -w -D $data \\
  -X stream -C -S hand -c fast --compress=server-zstd -R
pg $bin/pg_verifybackup -q $data
${startUntilUp(follower)}
${untilCaughtUp(leader)}`,
  );

/** As its manual has it. */
export const byRepmgr = async ({ lab, leader, follower }: Stage): Promise<number> =>
  typed(
    follower,
    lab,
    `
pg repmgr -f /etc/repmgr.conf -h ${leader.address} -U repmgr -d repmgr standby clone --fast-checkpoint
${startUntilUp(follower)}
pg repmgr -f /etc/repmgr.conf standby register
${untilCaughtUp(leader)}`,
  );
