import type { Step } from '../../../workflow/step.ts';
import { claim, holdsClaim, type ClaimPlace } from '../../claims.ts';
import { describe, sql } from '../../action.ts';
import type { Cast } from '../../adapter.ts';
import { installedRun } from '../../installed-run.ts';
import type { MysqlFacts } from '../facts.ts';
import { placeOn } from '../steps/accounts.ts';
import { ask, type Place } from '../steps/ask.ts';
import { claimOn, giveBack, type Claimed } from '../steps/claimed.ts';
import type { Work } from '../work.ts';

const install = "INSTALL PLUGIN clone SONAME 'mysql_clone.so'";
const uninstall = 'UNINSTALL PLUGIN clone';

const claimName = 'clone-plugin';

/** Only where it is missing; or where some run had to install it, which must not take it away from this one. */
export const needsPlugin = ({ source }: Pick<Cast<MysqlFacts>, 'source'>): boolean =>
  source.server?.clonePlugin !== 'ACTIVE' || source.disk?.claims.some(({ name }) => name === claimName) === true;

const claimPlace = (work: Work): ClaimPlace => claimOn(placeOn(work, 'source'), claimName);

const statusOf = async (place: Place, signal: AbortSignal): Promise<string> => {
  const [row] = await ask<{ status: string }>(
    place,
    signal,
    "SELECT PLUGIN_STATUS AS status FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'",
  );
  return row?.status ?? '';
};

/** A server that is closed to its administrators too does not take the row in mysql.plugin that an installed plugin has. */
const opened = async (place: Place, signal: AbortSignal, statement: string): Promise<void> => {
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
  const place = placeOn(work, 'source');
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
      return (await statusOf(place, signal)) === 'ACTIVE' && (await holdsPlugin(work, signal))
        ? { state: 'done', evidence: `${source.name} has the clone plugin` }
        : { state: 'absent' };
    },
    intent: async () => ({ claim: 'clone-plugin' }),
    apply: async ({ signal }) => {
      await claim(
        claimPlace(work),
        { run: work.run, node: follower.name },
        {
          signal,
          look: () => pluginClaimed.look(place, signal),
          change: async () => {
            if ((await statusOf(place, signal)) !== 'ACTIVE') await opened(place, signal, install);
          },
        },
      );
    },
    undo: async ({ signal }) => {
      if (!source.gone) await releasePlugin(work, signal);
    },
  };
};

/** What takes it out again, where it was not there before. */
export const pluginClaimed: Claimed = {
  name: claimName,
  look: async (place, signal) => ((await statusOf(place, signal)) === 'ACTIVE' ? 'installed' : 'missing'),
  restore: async (place, original, signal) => {
    if (original === 'missing' && (await statusOf(place, signal)) === 'ACTIVE') await opened(place, signal, uninstall);
  },
};

/** Also when the run is done. */
export const releasePlugin = async (work: Work, signal: AbortSignal): Promise<void> =>
  giveBack(pluginClaimed, placeOn(work, 'source'), { run: work.run }, signal);

export const holdsPlugin = async (work: Work, signal: AbortSignal): Promise<boolean> =>
  holdsClaim(claimPlace(work), { run: work.run }, signal);
