import { ReplctlError } from '../../../errors.ts';
import { poll } from '../../../workflow/waiting.ts';
import { copyApplication } from '../names.ts';
import type { Work } from '../work.ts';
import { ask } from './ask.ts';

/**
 * Ends the connections of this run's copy where no copy runs any more. A follower that lost its power says no goodbye: the server would go on holding
 * the slot for it, until TCP gives up.
 */
export const endStaleSenders = async (work: Work, signal: AbortSignal): Promise<void> => {
  for (const server of work.serving.filter(({ node }) => !node.gone)) {
    const { name } = server.node;
    const late = () =>
      new ReplctlError({
        code: 'FAILED',
        node: name,
        message: `connections of an earlier copy on ${name} do not end`,
        hint: `See SELECT * FROM pg_stat_replication WHERE application_name = '${copyApplication(work.run)}' there, then run this again.`,
        retryable: true,
      });
    const what = `the end of an earlier copy's connections on ${name}`;
    await poll({ every: 200, timeout: 30_000, signal, what, late }, async () => {
      const left = await ask(
        server,
        work.run,
        signal,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE application_name = $1',
        [copyApplication(work.run)],
      );
      return left.length === 0 || undefined;
    });
  }
};
