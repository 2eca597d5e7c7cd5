import { ReplctlError } from '../../../errors.ts';
import type { Work } from '../work.ts';

export interface BackupPosition {
  readonly file: string;
  readonly position: number;
  readonly gtid: string;
}

/** `binlog.000001<TAB>846<TAB>0-1-3`: the source's own binlog, and the GTIDs of all that is in the backup. */
export const parseBinlogInfo = (text: string): BackupPosition | undefined => {
  const [file = '', position = '', gtid = ''] = text.trim().split(/\s+/);
  return /^\d+$/.test(position) && /^[\d,-]*$/.test(gtid) ? { file, position: Number(position), gtid } : undefined;
};

/** Of a backup of a follower: `SET GLOBAL gtid_slave_pos = '0-1-10'; …`: where it was in its leader's history. */
export const parseSlaveInfo = (text: string): string | undefined => /gtid_slave_pos\s*=\s*'([\d,-]+)'/.exec(text)?.[1];

/** Reads what the tool wrote, in both of its names; answers with the three, a line each. */
const readScript = `
cd -- "$1" || exit 1
for name in mariadb_backup_binlog_info xtrabackup_binlog_info; do if [ -f "$name" ]; then tr '\\n' ' ' <"$name"; break; fi; done
echo
for name in mariadb_backup_slave_info xtrabackup_slave_info; do if [ -f "$name" ]; then tr '\\n' ' ' <"$name"; break; fi; done
echo`;

/** Where the follower is to begin, in the leader's terms. FAILED where the backup does not say. */
export const readBackupPosition = async (
  work: Work,
  signal: AbortSignal,
): Promise<{ gtid: string; file: string | null; position: number | null }> => {
  const { host, name } = work.nodes.follower;
  const { stdout } = await host.run(
    { argv: ['sh', '-c', readScript, 'position', work.place.staged], as: work.layouts.follower.osUser },
    { signal },
  );
  const [binlog = '', slave = ''] = stdout.split('\n');
  const own = parseBinlogInfo(binlog);
  const ofLeader = parseSlaveInfo(slave);
  const isLeader = work.nodes.source.name === work.nodes.leader.name;
  if (own === undefined || (!isLeader && ofLeader === undefined && own.gtid === ''))
    throw new ReplctlError({
      code: 'FAILED',
      node: name,
      message: `the backup on ${name} does not say at which position it was taken`,
      hint: 'It cannot be followed from: abandon the run and see the log of mariadb-backup.',
    });
  if (isLeader) return { gtid: own.gtid, file: own.file, position: own.position };
  return { gtid: ofLeader ?? own.gtid, file: null, position: null };
};
