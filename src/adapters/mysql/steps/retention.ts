import type { Step } from '../../../workflow/step.ts';
import { claim, holdsClaim, type ClaimPlace } from '../../claims.ts';
import { describe, sql } from '../../action.ts';
import type { Cast } from '../../adapter.ts';
import { setting, type FullServerFacts, type MysqlFacts } from '../facts.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { ask } from './ask.ts';
import { claimOn, giveBack, type Claimed } from './claimed.ts';
import { hasFragment } from './fragment-file.ts';

const variable = 'binlog_expire_logs_seconds';

/** A slow disk or link brings that much a second. */
const slowest = 5_000_000;
const day = 86_400;

/** Seconds that the upstream must keep its binlogs: four times as long as the copy takes on slow machines, and never less than a day. */
export const neededRetention = ({ dataBytes }: Pick<FullServerFacts, 'dataBytes'>): number =>
  Math.max(day, Math.ceil((dataBytes / slowest) * 4));

/** 0: for ever. */
export const keepsLongEnough = (seconds: number, needed: number): boolean => seconds === 0 || seconds >= needed;

const claimName = 'binlog-retention';

const claimPlace = (work: Work): ClaimPlace => claimOn(placeOn(work, 'upstream'), claimName);

/** Only where they are kept for too short a time; or where some run has had to raise that, and would put it back while this one copies. */
export const needsRetention = ({ upstream, source }: Cast<MysqlFacts>): boolean =>
  upstream.disk?.claims.some(({ name }) => name === claimName) === true ||
  !keepsLongEnough(
    Number(setting(upstream.server, variable) || '0'),
    source.server ? neededRetention(source.server) : day,
  );

/** The upstream's binlogs must outlive the copy: what the follower has not got yet may not be purged. Raised for the run, and put back by the last of them. */
export const keepBinlogs = (work: Work): Step => {
  const { upstream } = work.nodes;
  const place = placeOn(work, 'upstream');
  const needed = work.context.facts.source.server ? neededRetention(work.context.facts.source.server) : day;
  const look = (signal: AbortSignal): Promise<string> => retentionClaimed.look(place, signal);
  // Another run may have had to raise it further.
  const raise = async (signal: AbortSignal): Promise<void> => {
    if (!keepsLongEnough(Number(await look(signal)), needed))
      await ask(place, signal, `SET GLOBAL ${variable} = ${needed}`);
  };
  return {
    id: 'snapshot.retention',
    title: `keep the binlogs of ${upstream.name} for the copy`,
    node: upstream.name,
    input: { needed },
    namedAfterRun: true,
    plan: () => [describe(sql(upstream, `SET GLOBAL ${variable} = ${needed}`))],
    probe: async ({ signal }) => {
      if (await hasFragment(work, 'tailing', signal))
        return { state: 'done', evidence: `${work.nodes.follower.name} follows: the copy needs them no longer` };
      const seconds = Number(await look(signal));
      return keepsLongEnough(seconds, needed) && (await holdsBinlogs(work, signal))
        ? {
            state: 'done',
            evidence: `${upstream.name} keeps its binlogs for ${seconds === 0 ? 'ever' : `${seconds} s`}`,
          }
        : { state: 'absent', evidence: `${upstream.name} keeps its binlogs for ${seconds} s, and not for this run` };
    },
    intent: async ({ signal }) => ({ seconds: Number(await look(signal)) }),
    apply: async ({ signal }) => {
      await claim(
        claimPlace(work),
        { run: work.run, node: work.nodes.follower.name },
        {
          signal,
          look: () => look(signal),
          change: () => raise(signal),
        },
      );
    },
    undo: async ({ signal }) => {
      if (!upstream.gone) await releaseBinlogs(work, signal);
    },
  };
};

/** What puts it back as it was, where the last claim goes. */
export const retentionClaimed: Claimed = {
  name: claimName,
  look: async (place, signal) => {
    const [row] = await ask<{ seconds: string }>(place, signal, `SELECT @@GLOBAL.${variable} AS seconds`);
    return row?.seconds ?? '0';
  },
  restore: async (place, original, signal) => {
    if (/^\d+$/.test(original)) await ask(place, signal, `SET GLOBAL ${variable} = ${original}`);
  },
};

/** Also when the run is done. */
export const releaseBinlogs = async (work: Work, signal: AbortSignal): Promise<void> =>
  giveBack(retentionClaimed, placeOn(work, 'upstream'), { run: work.run }, signal);

export const holdsBinlogs = async (work: Work, signal: AbortSignal): Promise<boolean> =>
  holdsClaim(claimPlace(work), { run: work.run }, signal);
