import { readFileSync } from 'node:fs';
import type { LongJob } from '../../follow-job.ts';
import { copyCredentialsPath } from '../layout.ts';
import { plainSession } from '../plain-session.ts';
import type { Work } from '../work.ts';
import { streamsOf } from '../streams.ts';
import { spoolOf } from './spool.ts';
import { loader, loadTarget } from './target.ts';

const template = (name: string): string =>
  readFileSync(new URL(`../../../../templates/mysql/${name}`, import.meta.url), 'utf8');

/** One after the other they are one program; what perl complains of is told with the part's name. */
const program = (directory: 'dump' | 'load', parts: readonly string[]): string =>
  ['client', ...parts.map((part) => `${directory}/${part}`)]
    .map((part) => `# line 1 "${part}.pl"\n${template(`${part}.pl`)}`)
    .join('');

const dump = ['source', 'readers', 'moment', 'catalogue', 'columns', 'definitions', 'work', 'accounts', 'rows'];
const load = ['target', 'tables', 'loaders', 'rows', 'rest'];

/** Seconds that everyone may have to wait for the global lock, and that it may be held when we are gone: by the server's own clock. */
const lockTimeout = 5;

/** The words are the script's own; a failed dump leaves a mark, so that whoever loads does not wait for it. */
const withMark = 'perl - "$@"; status=$?; [ "$status" = 0 ] || touch -- "$0/broken"; exit "$status"';

/** Reads the source into the spool: it holds the locks and the snapshots, whatever happens to us. */
export const dumpJob = (work: Work): LongJob => {
  const layout = work.layouts.follower;
  const names =
    work.dialect.flavour === 'mysql' ? (['mysql', 'mysqldump'] as const) : (['mariadb', 'mariadb-dump'] as const);
  const { rate } = work.context.want;
  return {
    handle: { id: `dump-${work.run}`, directory: layout.jobsDir, as: layout.osUser },
    argv: [
      'sh',
      '-c',
      withMark,
      spoolOf(work),
      `spool=${spoolOf(work)}`,
      `flavour=${work.dialect.flavour}`,
      `parallel=${streamsOf(work)}`,
      `client=${layout.clientDir}/${names[0]}`,
      `dumper=${layout.clientDir}/${names[1]}`,
      `access=${copyCredentialsPath(layout)}`,
      `plain=${plainSession(work.dialect.flavour)}`,
      `lock_timeout=${lockTimeout}`,
      `show_position=${work.dialect.showPosition}`,
      `history=${work.dialect.history}`,
      `checksums=${work.context.want.checksums === false ? 0 : 1}`,
      ...(rate === undefined ? [] : [`rate=${rate}`]),
    ],
    stdin: program('dump', dump),
  };
};

/** Loads what is in the spool, and what comes. */
export const loadJob = (work: Work): LongJob => {
  const layout = work.layouts.follower;
  return {
    handle: { id: `load-${work.run}`, directory: layout.jobsDir, as: layout.osUser },
    argv: [
      'perl',
      '-',
      `spool=${spoolOf(work)}`,
      `flavour=${work.dialect.flavour}`,
      `parallel=${streamsOf(work)}`,
      `client=${layout.clientDir}/${work.dialect.flavour}`,
      `socket=${loadTarget(work).layout.socket}`,
      `user=${loader}`,
    ],
    stdin: program('load', load),
  };
};
