import { ReplctlError } from '../errors.ts';
import { openJournal, readRun, readRuns, type JournalPlace } from '../workflow/journal.ts';
import { isUnfinished, type RunSummary } from '../workflow/run-summary.ts';
import { isRunId } from '../workflow/run-id.ts';
import type { Session } from '../session.ts';
import type { RunChoice } from './contract.ts';

export const localPlace = (session: Session): JournalPlace => ({ name: 'this machine', store: session.localStore });

/** Runs of a node, of all the places that are given, the latest first. */
const runsOf = async (node: string, fleet: string, places: readonly JournalPlace[]): Promise<readonly RunSummary[]> => {
  const listed = await Promise.all(places.map(async ({ store }) => store.list()));
  const ids = [...new Set(listed.flat().filter(isRunId))];
  const runs = await Promise.all(ids.map(async (id) => readRun(id, places)));
  const meant = runs.filter((run) => run !== undefined).filter((run) => run.node === node && run.fleet === fleet);
  return meant.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
};

/** Those of them that are unfinished. */
export const unfinishedOf = async (...where: Parameters<typeof runsOf>): Promise<readonly RunSummary[]> =>
  (await runsOf(...where)).filter(isUnfinished);

/**
 * A place that could not be told of the end of the node's latest run hears of it before the next one begins: else who looks there alone, from another
 * machine, takes that run for unfinished.
 */
export const tellOfEnd = async (
  { node, fleet }: Pick<RunSummary, 'node' | 'fleet'>,
  here: JournalPlace,
  there: JournalPlace,
): Promise<void> => {
  const latest = (await readRuns(here)).find((run) => run.node === node && run.fleet === fleet);
  if (latest === undefined || isUnfinished(latest)) return;
  if ((await there.store.read(latest.run)) === undefined) return;
  const journal = await openJournal(latest.run, { places: [here, there] });
  await journal.share();
};

/** A removal that waits to be gone on with would take the new follower out at the next `resume`. */
export const refuseUnfinishedRemoval = (runs: readonly RunSummary[]): void => {
  const removal = runs.find(({ command }) => command === 'remove-follower');
  if (removal === undefined) return;
  const { run, node } = removal;
  throw new ReplctlError({
    code: 'RUN_DIFFERS',
    node,
    message: `There is an unfinished run ${run} that takes ${node} out`,
    hint: `Go on with it: replctl resume ${run}; or close it, which leaves what it did: replctl abandon ${run}. Then run this again.`,
    details: { run },
  });
};

export const additionOf = (runs: readonly RunSummary[]): RunSummary | undefined =>
  runs.find(({ command }) => command === 'add-follower');

/** What its copy stands on would be taken away under it. */
export const refuseUnfinishedAddition = (runs: readonly RunSummary[]): void => {
  const addition = additionOf(runs);
  if (addition === undefined) return;
  const { run, node } = addition;
  throw new ReplctlError({
    code: 'RUN_DIFFERS',
    node,
    message: `There is an unfinished run ${run} that makes ${node} a follower`,
    hint: `Take it back: replctl abandon ${run} --node ${node}; or go on with it: replctl resume ${run} --node ${node}. Then run this again.`,
    details: { run },
  });
};

/** Whoever was killed as its run ended hears that it did. */
const nothing = (latest: RunSummary | undefined, verb: string, node: string | undefined): ReplctlError =>
  new ReplctlError({
    code: 'RUN_NOT_FOUND',
    message: latest
      ? `There is nothing to ${verb}: the latest run here, ${latest.run} (${latest.command} ${latest.node}), is ${latest.state} since ${latest.lastAt}`
      : `There is no unfinished run ${node === undefined ? 'here' : `of ${node}`} to ${verb}`,
    hint: `replctl runs lists what is known on this machine${latest ? ', replctl status shows what is there' : ''}${node === undefined ? '; a run that was begun elsewhere is found with --node NODE' : ''}.`,
    details: latest ? { run: latest.run, state: latest.state } : {},
  });

/** The unfinished one of these, the latest first. */
export const onlyUnfinished = (known: readonly RunSummary[], verb: string, node?: string): RunSummary => {
  const runs = known.filter(isUnfinished);
  const [run, ...others] = runs;
  if (!run) throw nothing(known[0], verb, node);
  if (others.length > 0) {
    throw new ReplctlError({
      code: 'USAGE',
      message: `There are ${runs.length} unfinished runs: ${runs.map(({ run: id, node }) => `${id} (${node})`).join(', ')}`,
      hint: `Name one: replctl ${verb} ${run.run}${node === undefined ? '' : ` --node ${node}`}`,
    });
  }
  return run;
};

/** The run that is meant: by its id, by the node on whose host it is found, or the only one that is known here. RUN_NOT_FOUND, USAGE. */
export const chooseRun = async (session: Session, choice: RunChoice, verb: string): Promise<RunSummary> => {
  const fleet = await session.fleet();
  if (choice.node !== undefined) {
    const node = await session.node(choice.node);
    const adapter = await session.adapter();
    const facts = await adapter.inspect(node, { signal: session.signal });
    const places = [localPlace(session), { name: node.name, store: await session.runStore(node, facts) }];
    const runs = await runsOf(choice.node, fleet.name, places);
    return onlyUnfinished(
      choice.run === undefined ? runs : runs.filter(({ run }) => run === choice.run),
      verb,
      choice.node,
    );
  }
  if (choice.run === undefined) {
    const runs = await readRuns(localPlace(session));
    return onlyUnfinished(
      runs.filter((run) => run.fleet === fleet.name),
      verb,
    );
  }
  const run = isRunId(choice.run) ? await readRun(choice.run, [localPlace(session)]) : undefined;
  if (!run) {
    throw new ReplctlError({
      code: 'RUN_NOT_FOUND',
      message: `There is no run ${choice.run} on this machine`,
      hint: 'replctl runs lists them; a run that was begun on another machine is found with --node NODE.',
    });
  }
  if (run.fleet !== fleet.name) {
    throw new ReplctlError({
      code: 'USAGE',
      message: `Run ${run.run} is of fleet ${run.fleet}, the fleet file ${fleet.file} of ${fleet.name}`,
      hint: `Name the fleet file of ${run.fleet} with --fleet.`,
    });
  }
  if (!isUnfinished(run)) {
    throw new ReplctlError({
      code: 'USAGE',
      message: `Run ${run.run} is ${run.state}: there is nothing to ${verb}`,
      hint: 'replctl status shows what is there.',
    });
  }
  return run;
};
