import { ReplctlError } from '../errors.ts';
import { readRun, readRuns, type JournalPlace } from '../workflow/journal.ts';
import { isUnfinished, type RunSummary } from '../workflow/run-summary.ts';
import { isRunId } from '../workflow/run-id.ts';
import type { Session } from '../session.ts';
import type { RunChoice } from './contract.ts';

export const localPlace = (session: Session): JournalPlace => ({ name: 'this machine', store: session.localStore });

/** Unfinished runs of a node, of all the places that are given, the latest first. */
export const unfinishedOf = async (
  node: string,
  fleet: string,
  places: readonly JournalPlace[],
): Promise<readonly RunSummary[]> => {
  const listed = await Promise.all(places.map(async ({ store }) => store.list()));
  const ids = [...new Set(listed.flat().filter(isRunId))];
  const runs = await Promise.all(ids.map(async (id) => readRun(id, places)));
  const found = runs.filter((run) => run !== undefined);
  const meant = found.filter((run) => isUnfinished(run) && run.node === node && run.fleet === fleet);
  return meant.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
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

const only = (runs: readonly RunSummary[], verb: string): RunSummary => {
  const [run, ...others] = runs;
  if (!run) {
    throw new ReplctlError({
      code: 'RUN_NOT_FOUND',
      message: `There is no unfinished run here to ${verb}`,
      hint: `replctl runs lists what is known on this machine; a run that was begun elsewhere is found with --node NODE.`,
    });
  }
  if (others.length > 0) {
    throw new ReplctlError({
      code: 'USAGE',
      message: `There are ${runs.length} unfinished runs: ${runs.map(({ run: id, node }) => `${id} (${node})`).join(', ')}`,
      hint: `Name one: replctl ${verb} ${run.run}`,
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
    const runs = await unfinishedOf(choice.node, fleet.name, places);
    return only(choice.run === undefined ? runs : runs.filter(({ run }) => run === choice.run), verb);
  }
  if (choice.run === undefined) {
    const runs = await readRuns(localPlace(session));
    return only(
      runs.filter((run) => isUnfinished(run) && run.fleet === fleet.name),
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
