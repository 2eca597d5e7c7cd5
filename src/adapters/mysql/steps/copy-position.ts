import { ReplctlError } from '../../../errors.ts';
import { usesGtid } from '../facts.ts';
import type { LogCoordinates } from '../replica-status.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';

/** What the copy stands for, in the leader's terms. */
export interface CopyPosition {
  /** A history that the server is to be given; null: it brought its own along. */
  readonly history: string | null;
  readonly coordinates: LogCoordinates | null;
}

export const positionFile = (dataDir: string): string => `${dataDir}/replctl.position`;

/** As the copy's method wrote it; what a data directory holds is not believed without a look. */
export const parsePosition = (text: string): CopyPosition => {
  const found: unknown = JSON.parse(text);
  const fields = (typeof found === 'object' && found !== null ? found : {}) as Readonly<Record<string, unknown>>;
  const { gtid, file, position } = fields;
  const coordinates = typeof file === 'string' && typeof position === 'number' ? { file, position } : null;
  return { history: typeof gtid === 'string' ? gtid.replaceAll(/\s/g, '') : null, coordinates };
};

/** A clone knows at its first start where its donor's binlog was. */
const ofClone = async (work: Work, signal: AbortSignal): Promise<LogCoordinates | null> => {
  const [row] = await ask<{ file: string | null; position: string | null }>(
    placeOn(work, 'follower'),
    signal,
    'SELECT BINLOG_FILE AS file, BINLOG_POSITION AS position FROM performance_schema.clone_status',
  );
  return row?.file && row.position ? { file: row.file, position: Number(row.position) } : null;
};

/** Where tailing is to begin. FAILED where the copy does not say. */
export const readPosition = async (work: Work, signal: AbortSignal): Promise<CopyPosition> => {
  const { host, name } = work.nodes.follower;
  const layout = work.layouts.follower;
  const path = positionFile(layout.dataDir);
  const bytes = await host.readFile(path, { as: layout.osUser, signal });
  const written =
    bytes === undefined ? { history: null, coordinates: null } : parsePosition(new TextDecoder().decode(bytes));
  const leader = work.context.facts.leader.server;
  if (work.dialect.flavour === 'mysql' && usesGtid(leader)) return written;
  const found =
    work.dialect.flavour === 'mysql'
      ? { ...written, coordinates: written.coordinates ?? (await ofClone(work, signal)) }
      : written;
  if (work.dialect.flavour === 'mariadb' ? found.history !== null : found.coordinates !== null) return found;
  throw new ReplctlError({
    code: 'FAILED',
    node: name,
    message: `the copy on ${name} does not say at which position it was taken (${path})`,
    hint: `It cannot be followed from: replctl abandon ${work.run}, and add the follower again.`,
  });
};
