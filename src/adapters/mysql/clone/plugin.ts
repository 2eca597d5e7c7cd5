import type { Step } from '../../../workflow/step.ts';
import { claim, readClaims, release, type ClaimPlace } from '../../claims.ts';
import { describe, sql } from '../../action.ts';
import type { Cast } from '../../adapter.ts';
import { installedRun } from '../../installed-run.ts';
import type { MysqlFacts } from '../facts.ts';
import { placeOn } from '../steps/accounts.ts';
import { ask } from '../steps/ask.ts';
import type { Work } from '../work.ts';

const install = "INSTALL PLUGIN clone SONAME 'mysql_clone.so'";
const uninstall = 'UNINSTALL PLUGIN clone';

const claimName = 'clone-plugin';

/** Only where it is missing; or where some run had to install it, which must not take it away from this one. */
export const needsPlugin = ({ source }: Pick<Cast<MysqlFacts>, 'source'>): boolean =>
  source.server?.clonePlugin !== 'ACTIVE' || source.disk?.claims.some(({ name }) => name === claimName) === true;

const claimPlace = (work: Work): ClaimPlace => ({
  host: work.nodes.source.host,
  as: work.layouts.source.adminUser,
  directory: work.layouts.source.stateDir,
  name: claimName,
});

const statusOf = async (work: Work, signal: AbortSignal): Promise<string> => {
  const [row] = await ask<{ status: string }>(
    placeOn(work, 'source'),
    signal,
    "SELECT PLUGIN_STATUS AS status FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'",
  );
  return row?.status ?? '';
};

/** A server that is closed to its administrators too does not take the row in mysql.plugin that an installed plugin has. */
const opened = async (work: Work, signal: AbortSignal, statement: string): Promise<void> => {
  const place = placeOn(work, 'source');
  const [closed] = await ask<{ closed: string }>(place, signal, 'SELECT @@GLOBAL.super_read_only AS closed');
  if (closed?.closed !== '1') {
    await ask(place, signal, statement);
    return;
  }
  await ask(place, signal, 'SET GLOBAL super_read_only = OFF');
  try {
    await ask(place, signal, statement);
  } finally {
    await ask(place, signal, 'SET GLOBAL super_read_only = ON');
  }
};

/** The donor needs the plugin too: installed for the run where it is not, and taken out again by the last run that uses it. */
export const donorPlugin = (work: Work): Step => {
  const { source, follower } = work.nodes;
  return {
    id: 'transfer.plugin',
    title: `have the clone plugin on ${source.name}`,
    node: source.name,
    input: { source: source.name },
    namedAfterRun: true,
    plan: () => [describe(sql(source, install))],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, work.layouts.follower, signal)) === work.run)
        return { state: 'done', evidence: 'the copy is in place' };
      return (await statusOf(work, signal)) === 'ACTIVE' && (await holdsPlugin(work, signal))
        ? { state: 'done', evidence: `${source.name} has the clone plugin` }
        : { state: 'absent' };
    },
    intent: async () => ({ claim: 'clone-plugin' }),
    apply: async ({ signal }) => {
      await claim(claimPlace(work), work.run, {
        signal,
        look: async () => ((await statusOf(work, signal)) === 'ACTIVE' ? 'installed' : 'missing'),
        change: async () => {
          if ((await statusOf(work, signal)) !== 'ACTIVE') await opened(work, signal, install);
        },
      });
    },
    undo: async ({ signal }) => {
      if (!source.gone) await releasePlugin(work, signal);
    },
  };
};

/** Also when the run is done. */
export const releasePlugin = async (work: Work, signal: AbortSignal): Promise<void> =>
  release(claimPlace(work), work.run, {
    signal,
    restore: async (original) => {
      if (original === 'missing' && (await statusOf(work, signal)) === 'ACTIVE') await opened(work, signal, uninstall);
    },
  });

export const holdsPlugin = async (work: Work, signal: AbortSignal): Promise<boolean> =>
  (await readClaims(claimPlace(work), signal))?.runs.includes(work.run) === true;
