import { isReplctlError, ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, run as runs, wait } from '../../action.ts';
import { askServer } from '../ask-server.ts';
import { isOn, type ServerFacts } from '../facts.ts';
import { requireRoomToStart } from '../room.ts';
import { isAlive, lastLog, startCommand, stopServer } from '../server-control.ts';
import type { Work } from '../work.ts';
import { isInstalled } from './swap.ts';

/** Undefined where the server does not answer. */
export const lookAtFollower = async (work: Work, signal: AbortSignal): Promise<ServerFacts | undefined> => {
  try {
    return await askServer(work.nodes.follower, work.layouts.follower, signal);
  } catch (error) {
    if (isReplctlError(error) && error.code === 'DATABASE_UNREACHABLE') return undefined;
    throw error;
  }
};

/** Crash recovery of a large copy takes long; a server that is alive and works is waited for. */
const looks = { first: 50, every: 100, timeout: 3_600_000 };

const failure = async (work: Work, what: string): Promise<ReplctlError> => {
  const { follower } = work.nodes;
  const log = await lastLog(follower, work.layouts.follower);
  return new ReplctlError({
    code: 'FAILED',
    node: follower.name,
    message: `${what}${log ? `; its log ends with: ${log}` : ''}`,
    hint: 'Mend what the log says, then resume; the copy is in place and stays closed to writes.',
    details: { log },
  });
};

/** Every variable that closes the server; what is not closed is told. */
export const openDoors = (work: Pick<Work, 'dialect'>, server: ServerFacts): readonly string[] =>
  work.dialect.readOnly.filter((name) => !isOn(server, name as 'read_only' | 'super_read_only'));

/** The copy's first start: read-only, with the event scheduler off, and following nobody. */
export const start = (work: Work): Step => {
  const { follower } = work.nodes;
  const layout = work.layouts.follower;
  return {
    id: 'configure.start',
    title: `start ${follower.name}, closed`,
    node: follower.name,
    input: { serverId: work.serverId },
    plan: () => [
      describe(runs(follower, startCommand(layout))),
      describe(wait(follower, `until it answers, with ${work.dialect.readOnly.join(' and ')} on`)),
    ],
    probe: async ({ signal }) => {
      const [installed, alive] = await Promise.all([isInstalled(work, signal), isAlive(follower, layout, signal)]);
      if (!installed || !alive) return { state: 'absent' };
      const server = await lookAtFollower(work, signal);
      if (!server) return { state: 'partial', evidence: `${follower.name} is starting` };
      const open = openDoors(work, server);
      if (open.length > 0)
        throw await failure(work, `${follower.name} runs with ${open.join(' and ')} off: somebody opened it`);
      return { state: 'done', evidence: `${follower.name} runs, read-only` };
    },
    intent: async () => null,
    apply: async ({ signal, progress }) => {
      const began = Date.now();
      if (!(await isAlive(follower, layout, signal))) {
        await requireRoomToStart(work, signal);
        await must(follower.host, { ...startCommand(layout), guard: work.context.guard() }, { signal });
      }
      await poll({ ...looks, signal, what: `the start of ${follower.name}` }, async () => {
        if (await lookAtFollower(work, signal)) return true;
        progress({ phase: 'recovering' });
        // Given a moment to appear.
        if (Date.now() - began > 10_000 && !(await isAlive(follower, layout, signal)))
          throw await failure(work, `${follower.name} did not start`);
        return undefined;
      });
    },
    undo: async ({ signal }) => {
      if (await isInstalled(work, signal)) await stopServer(follower, layout, work.context.guard(), signal);
    },
  };
};
