import { ReplctlError } from '../../errors.ts';
import { must } from '../../hosts/host.ts';
import type { StepContext } from '../../workflow/step.ts';
import { sleep } from '../../workflow/waiting.ts';
import type { Work } from './work.ts';

/** Bytes: a temporary tablespace, and the beginning of a log, whose file has holes. */
const firstStart = 16_000_000;

/** Bytes below which a disk is full, and the milliseconds that it may be so. */
const nothing = 1_000_000;
const patience = 20_000;
const every = 2000;

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_000_000)} MB`;

const freeBytes = async ({ nodes, layouts, place }: Work, signal: AbortSignal): Promise<number> => {
  const script = 'while [ ! -e "$1" ]; do set -- "$(dirname -- "$1")"; done; df -B1 --output=avail -- "$1" | tail -n 1';
  const argv = ['sh', '-c', script, 'free', place.final];
  const { stdout } = await must(nodes.follower.host, { argv, as: layouts.follower.osUser }, { signal });
  return Number(stdout.trim());
};

const full = ({ nodes, place }: Work, message: string): ReplctlError =>
  new ReplctlError({
    code: 'FAILED',
    node: nodes.follower.name,
    message,
    hint: `Make room on the file system of ${place.final}.`,
    retryable: true,
  });

/** Before the copy's first start: a server that finds no room for its log says other things (MariaDB: "Unknown/unsupported storage engine: InnoDB"). */
export const requireRoomToStart = async (work: Work, signal: AbortSignal): Promise<void> => {
  const free = await freeBytes(work, signal);
  if (free >= firstStart) return;
  const { name } = work.nodes.follower;
  throw full(work, `${name} has ${megabytes(free)} left for its data; a first start needs ${megabytes(firstStart)}`);
};

/** Statements on a full disk: MariaDB's wait for room without a word, and for ever. */
export const whileThereIsRoom = async (
  work: Work,
  context: Pick<StepContext, 'signal' | 'progress'>,
  act: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const watch = async (): Promise<never> => {
    for (let since: number | undefined; ; await sleep(every, signal)) {
      if ((await freeBytes(work, signal)) >= nothing) {
        since = undefined;
        continue;
      }
      since ??= Date.now();
      context.progress({ phase: `waiting for room: the disk of ${work.nodes.follower.name} is full` });
      if (Date.now() - since > patience) throw full(work, `the disk of ${work.nodes.follower.name} is full`);
    }
  };
  const watching = watch();
  try {
    await Promise.race([act(signal), watching]);
  } finally {
    over.abort();
    await watching.catch(() => undefined);
  }
};
