import { quoteArgv } from '../../../hosts/host.ts';
import { isSameMachine } from '../same-machine.ts';
import { optionFlags, type Layout } from '../layout.ts';
import type { Work } from '../work.ts';

/** Files of the one way in that this run makes, on the follower. */
export const keyFile = (work: Work): string => `${work.layouts.follower.jobsDir}/key-${work.run}`;
export const knownHostsFile = (work: Work): string => `${work.layouts.follower.jobsDir}/known-hosts-${work.run}`;

/** Both servers are one OS user's on one machine: no network lies between them, nor a right that one has and the other has not. */
export const isDirect = (work: Work): boolean =>
  isSameMachine(work.context.facts.source, work.context.facts.follower) &&
  work.layouts.source.adminUser === work.layouts.follower.osUser;

const optionFileOf = (layout: Layout): readonly string[] => {
  const { control, defaultsFile, stateDir, dataDir } = layout;
  if (control === 'systemd') return optionFlags(layout);
  return defaultsFile === undefined
    ? [`--defaults-file=${stateDir}/server.cnf`, `--datadir=${dataDir}`]
    : [`--defaults-file=${defaultsFile}`];
};

/** The program has every tablespace open at once: the 1024 files of a login are too few for a thousand tables (error 24, which it calls 61). */
const withManyFiles = (argv: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  'ulimit -n 1048576 2>/dev/null || ulimit -S -n "$(ulimit -H -n)"; exec "$@"',
  'backup',
  ...argv,
];

/** The very backup command, on the source. What it needs for itself lies in a directory that it makes and removes. */
export const backupArgv = (work: Work): readonly string[] => {
  const layout = work.layouts.source;
  const isFollower = (work.context.facts.source.server?.replica.length ?? 0) > 0;
  const parallel = work.context.want.parallel ?? 2;
  return withManyFiles([
    `${layout.clientDir}/mariadb-backup`,
    ...optionFileOf(layout),
    '--backup',
    '--stream=mbstream',
    `--user=${layout.sqlUser}`,
    `--socket=${layout.socket}`,
    `--target-dir=/tmp/replctl-${work.run}`,
    `--parallel=${parallel}`,
    ...(isFollower ? ['--slave-info'] : []),
  ]);
};

/** As the source's login user types it; root's by sudo. `try` only proves the way in. */
export const forcedCommand = (work: Work): string => {
  const { login } = work.nodes.source.host;
  const { adminUser } = work.layouts.source;
  const become = adminUser === login.user ? [] : ['sudo', '-n', '-H', '-u', adminUser, '--'];
  const backup = quoteArgv([...become, ...backupArgv(work)]);
  return `case "$SSH_ORIGINAL_COMMAND" in try) exit 0;; *) exec ${backup};; esac`;
};

/** What OpenSSH takes by itself, with those first that processors do in hardware: a backup is limited by little else. */
const ciphers = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
].join(',');

/** From the follower to the source, with this run's key and the source's pinned host key, and nothing of anybody's configuration. */
export const sshArgv = (work: Work): readonly string[] => {
  const { source } = work.nodes;
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    `UserKnownHostsFile=${knownHostsFile(work)}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'Compression=no',
    `Ciphers=${ciphers}`,
    'ConnectTimeout=15',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=4',
  ];
  return [
    'ssh',
    '-F',
    '/dev/null',
    '-T',
    '-i',
    keyFile(work),
    ...options.flatMap((option) => ['-o', option]),
    '-p',
    String(source.sshPort ?? 22),
    '-l',
    source.host.login.user,
    '--',
    source.address,
  ];
};

/** Lets through so many bytes a second, and as many as come where the limit is 0. */
const pump = String.raw`
use Time::HiRes qw(time sleep);
my ($rate, $sent, $began) = (shift, 0, time);
binmode STDIN; binmode STDOUT;
while (my $n = sysread STDIN, my $b, 65536) {
  for (my $o = 0; $o < $n;) { my $w = syswrite STDOUT, $b, $n - $o, $o; defined $w or exit 1; $o += $w }
  $sent += $n;
  if ($rate) { my $ahead = $sent / $rate - (time - $began); sleep $ahead if $ahead > 0 }
}`;

/** Every part's failure is the pipeline's. The staging directory is made by it: what is in it came through it. */
const script = `
set -eu -o pipefail
staged=$1 rate=$2 pump=$3 mbstream=$4; shift 4
mkdir -p -m 700 -- "$staged"
if [ "$rate" = 0 ]; then "$@" </dev/null | "$mbstream" -x -C "$staged"
else "$@" </dev/null | perl -e "$pump" "$rate" | "$mbstream" -x -C "$staged"; fi
sync -f -- "$staged"`;

/** The whole copy, as one job on the follower. */
export const pipelineArgv = (work: Work): readonly string[] => [
  'bash',
  '-c',
  script,
  'copy',
  work.place.staged,
  String(work.context.want.rate ?? 0),
  pump,
  `${work.layouts.follower.clientDir}/mbstream`,
  ...(isDirect(work) ? backupArgv(work) : [...sshArgv(work), 'backup']),
];

/** Brings the copied files to one point in time; takes up where it was cut off. */
export const prepareArgv = (work: Work): readonly string[] => {
  const memory = Math.max(128, Math.min(4096, Math.floor(work.context.facts.follower.machine.memory / 8 / 1_048_576)));
  return withManyFiles([
    `${work.layouts.follower.clientDir}/mariadb-backup`,
    // The backup's own options, of which it finds all but one by itself: where the plugin lies that reads encrypted data (seen on 10.11 and 11.8).
    `--defaults-file=${work.place.staged}/backup-my.cnf`,
    '--prepare',
    `--use-memory=${memory}M`,
    `--target-dir=${work.place.staged}`,
  ]);
};
