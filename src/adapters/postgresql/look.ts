import type { ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';
import { surveyDisk, type DiskSurvey, type SurveyOptions } from './survey-disk.ts';

export interface Looked<T> {
  /** With the port and socket that the server really has. */
  readonly layout: Layout;
  readonly survey: DiskSurvey;
  /** What the server said; absent where it does not run or did not answer. */
  readonly server?: T;
  /** Why a server that runs did not answer. */
  readonly failure?: unknown;
}

/** A cluster's files and its server at once: the guess of where it listens is nearly always right, and it is asked again where it was not. */
export const look = async <T>(
  node: Node<ReadingHost>,
  layout: Layout,
  options: SurveyOptions,
  ask: (layout: Layout) => Promise<T>,
): Promise<Looked<T>> => {
  const tryToAsk = async (at: Layout): Promise<{ server: T } | { failure: unknown }> => {
    try {
      return { server: await ask(at) };
    } catch (failure) {
      options.signal.throwIfAborted();
      return { failure };
    }
  };
  const [survey, early] = await Promise.all([surveyDisk(node, layout, options), tryToAsk(layout)]);
  const port = survey.port ?? layout.port;
  const socketDir = survey.socketDir ?? layout.socketDir;
  const found = { layout: { ...layout, port, socketDir }, survey };
  // What answers at a guessed port may be another cluster's server.
  if (!survey.disk.serverProcess) return found;
  const isThere = port === layout.port && socketDir === layout.socketDir;
  return { ...found, ...(isThere ? early : await tryToAsk(found.layout)) };
};
