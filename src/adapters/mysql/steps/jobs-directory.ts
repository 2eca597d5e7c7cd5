import { dirname } from 'node:path/posix';
import type { Command } from '../../../hosts/host.ts';
import type { Layout } from '../layout.ts';

/**
 * The directory of the jobs, which run as the server's OS user. Where the administrator is another (root), it lies apart from what replctl keeps for itself:
 * nothing of root's is written where that user can write.
 */
export const makeJobsDirectory = ({ jobsDir, osUser, adminUser }: Layout): readonly Command[] => [
  ...(osUser === adminUser ? [] : [{ argv: ['install', '-d', '-m', '755', dirname(jobsDir)], as: adminUser }]),
  {
    argv: ['install', '-d', '-m', '700', ...(osUser === adminUser ? [] : ['-o', osUser]), jobsDir],
    as: adminUser,
  },
];
