import type { Cast } from '../../adapter.ts';
import { error } from '../../finding.ts';
import type { CopyMethod } from '../copy-method.ts';
import { elsewhereObjection } from '../elsewhere.ts';
import type { MysqlFacts } from '../facts.ts';
import { majorOf } from '../layout.ts';
import type { Check } from '../preflight/scene.ts';
import { isSameMachine } from '../same-machine.ts';
import { backupJob, copyBackup } from './copy.ts';
import { isDirect } from './pipeline.ts';
import { prepareBackup } from './prepare.ts';
import { holdsWayIn, wayIn, withdrawWayIn } from './way-in.ts';

const backupObjection = ({ source, follower }: Cast<MysqlFacts>): string | undefined => {
  if (!source.layout || !follower.layout) return undefined;
  if (source.layout.flavour !== 'mariadb') return 'mariadb-backup is for MariaDB';
  const [theirs, ours] = [majorOf(source.layout), majorOf(follower.layout)];
  if (theirs[0] !== ours[0] || theirs[1] !== ours[1])
    return `${source.node} has MariaDB ${source.layout.version}, ${follower.node} ${follower.layout.version}: copied files need the same series`;
  for (const { node, disk } of [source, follower])
    if (disk && !disk.programs.includes('mariadb-backup'))
      return `mariadb-backup is not installed on ${node} (apt-get install mariadb-backup)`;
  if (!isSameMachine(source, follower) && follower.disk && !follower.disk.programs.includes('ssh'))
    return `there is no ssh client on ${follower.node} (apt-get install openssh-client)`;
  if (source.byPassword)
    return `mariadb-backup logs in to ${source.node} through the socket, and the fleet file names a password`;
  return elsewhereObjection(source);
};

const prepared: Check = ({ facts: { source } }) =>
  (source.server?.prepared ?? 0) === 0
    ? []
    : [
        error({
          code: 'XA_PREPARED',
          node: source.node,
          message: `${source.server?.prepared} XA transactions are prepared on ${source.node}: the position of a backup may be past what it holds of them`,
          hint: 'Commit or roll them back first (XA RECOVER lists them).',
        }),
      ];

/** A copy of the files by MariaDB's own backup program. */
export const mariabackup: CopyMethod = {
  name: 'mariabackup',
  because: 'both servers are of one series and have mariadb-backup: files are copied',
  privileges: [],
  objection: backupObjection,
  findings: prepared,
  steps: (work) => [...(isDirect(work) ? [] : [wayIn(work)]), copyBackup(work), prepareBackup(work)],
  release: async (work, signal) => {
    if (!isDirect(work)) await withdrawWayIn(work, signal);
  },
  holds: async (work, signal) =>
    !isDirect(work) && (await holdsWayIn(work, signal))
      ? `${work.nodes.source.name} still lets ${work.nodes.follower.name} in`
      : undefined,
  jobs: (work) => [backupJob(work, 'copy'), backupJob(work, 'prepare')],
};
