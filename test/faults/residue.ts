import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../lab/command.ts';
import type { Machine } from '../lab/machine.ts';
import type { Track } from './track.ts';

/**
 * Units, files where temporary ones lie, and who runs what: servers, systemd and the writer left out. Those of a login go some seconds after it. After each start
 * of MariaDB Debian has it checked (mariadb-upgrade, twice `mkstemp`); stopped meanwhile, that leaves its files.
 */
const onMachine = String.raw`
systemctl list-units --all --plain --no-legend 'replctl*' | awk '{ print "unit", $1 }'
find /tmp /var/tmp /dev/shm -mindepth 1 -maxdepth 1 ! -name 'systemd-private-*' ! -name 'PostgreSQL.*' ! -name 'mysql_upgrade-??????' ! -name 'sql??????' -printf 'file %p\n' | sort
find /run -mindepth 1 -name '*replctl*' ! -path '/run/credentials/*' -printf 'file %p\n' | sort
ps -eo user=,comm= | grep -vwE 'postgres|mysqld|mariadbd|systemd|\(sd-pam\)|ps|psql|mysql|mariadb|bash|sort|awk|grep|perl|nsenter|setpriv' | grep -E '^(ops|postgres|mysql) |root +(sh|sudo|cat|flock|tee|socat|python3|sshd-session)$' | awk '{ print "process", $1, $2 }' | sort -u
`;

const ofMachine = async (machine: Machine, sessions: (machine: Machine) => Promise<string>): Promise<string[]> => {
  const told = `${await machine.ok(onMachine)}\n${await sessions(machine)}`;
  return told
    .split('\n')
    .filter(Boolean)
    .map((line) => `${machine.name}: ${line}`);
};

/** On this box: ssh to one of the machines, and what operators left where their temporary files lie. */
const here = async ({ leader, follower, scratch }: Track): Promise<string[]> => {
  const { stdout } = await command(['pgrep', '-a', '-x', 'ssh']);
  const processes = stdout
    .split('\n')
    .filter((line) => [leader, follower].some(({ address }) => line.includes(address)))
    .map((line) => `here: process ${line}`);
  return [...processes, ...readdirSync(scratch).map((name) => `here: file ${name}`)];
};

/** What a run may leave besides what the track's state tells: units, processes, temporary files, sessions in the servers. */
export const residue = async (track: Track): Promise<readonly string[]> => {
  const parts = await Promise.all([
    here(track),
    ...[track.leader, track.follower].map((machine) => ofMachine(machine, (of) => track.sessions(of))),
  ]);
  return parts.flat();
};

/** Throws what is there that was not there before; servers end a session that a cut link left after a minute. */
export const expectNoResidue = async (track: Track, before: readonly string[]): Promise<void> => {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const more = (await residue(track)).filter((line) => !before.includes(line));
    if (more.length === 0) return;
    if (Date.now() > deadline) throw new Error(`left behind:\n${more.join('\n')}`);
    await sleep(500);
  }
};
