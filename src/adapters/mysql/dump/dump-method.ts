import type { Cast } from '../../adapter.ts';
import type { CopyMethod } from '../copy-method.ts';
import type { MysqlFacts } from '../facts.ts';
import { copyByDump } from './copy.ts';
import { dumpFindings } from '../preflight/dump.ts';
import { finishDump } from './finish.ts';
import { dumpJob, loadJob } from './jobs.ts';
import { loadTarget } from './target.ts';

const dumpObjection = ({ source, follower }: Cast<MysqlFacts>): string | undefined => {
  const { disk, layout, node } = follower;
  if (!disk || !layout) return undefined;
  const dumper = layout.flavour === 'mysql' ? 'mysqldump' : 'mariadb-dump';
  const missing = [dumper, layout.flavour, 'perl'].find((name) => !disk.programs.includes(name));
  if (missing !== undefined) return `${missing} was not found on ${node}`;
  // MySQL's keyring is the machine's, whatever server runs there; MariaDB's keys are known to one option file.
  if (layout.flavour === 'mariadb' && (source.server?.encrypted ?? 0) > 0)
    return `${source.server?.encrypted} tablespaces on ${source.node} are encrypted, and a dump is loaded by a server that has no keys`;
  return undefined;
};

const privileges: Readonly<Record<'mysql' | 'mariadb', readonly string[]>> = {
  mysql: [
    'SELECT',
    'SHOW VIEW',
    'TRIGGER',
    'EVENT',
    'RELOAD',
    'LOCK TABLES',
    'PROCESS',
    'REPLICATION CLIENT',
    'BACKUP_ADMIN',
    'XA_RECOVER_ADMIN',
    'SHOW_ROUTINE',
  ],
  mariadb: ['SELECT', 'SHOW VIEW', 'EXECUTE', 'TRIGGER', 'EVENT', 'RELOAD', 'LOCK TABLES', 'PROCESS', 'BINLOG MONITOR'],
};

/** A dump of everything, for every pair of versions; the two engines differ in the rights that it takes. */
export const dumpFor = (flavour: 'mysql' | 'mariadb'): CopyMethod => ({
  name: 'dump',
  because: 'it works for every pair of servers',
  privileges: privileges[flavour],
  objection: dumpObjection,
  findings: dumpFindings,
  steps: (work) => [copyByDump(work), finishDump(work)],
  jobs: (work) => [dumpJob(work).handle, loadJob(work).handle, loadTarget(work).job],
});
