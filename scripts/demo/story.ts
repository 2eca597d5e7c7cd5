import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../../src/workflow/waiting.ts';
import { compare } from './compare.ts';
import type { Writer } from './engine.ts';
import { runReplctl } from './replctl.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

interface Telling {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Spares a busy leader, and makes a copy within one machine last long enough to be watched. */
const rate = '100MB/s';

const number = (value: number): string => value.toLocaleString('en');

const fillLeader = async ({ stage: { engine, leader }, screen, signal }: Telling): Promise<Writer> => {
  for (const { argv, input } of engine.fill) screen.typed(argv, input === undefined ? '' : ' <fill.sql');
  const filling = (async () => {
    for (const { argv, input } of engine.fill) {
      const { exitCode, stderr } = await leader.run(argv, { signal, ...(input === undefined ? {} : { input }) });
      signal.throwIfAborted();
      if (exitCode !== 0) throw new Error(`${argv.join(' ')} failed: ${stderr.trim()}`);
    }
  })();
  await screen.during('filling it:', filling);
  const size = await engine.size(leader, signal);
  screen.typed(engine.writerArgv, ' &');
  const writer = engine.startWriter(leader, signal);
  const begun = async () => (await writer.written()) > 0 || undefined;
  await poll({ every: 200, timeout: 30_000, signal, what: 'the first transaction' }, begun);
  screen.say(`The leader has ${size} of data, and four clients write to it from now on.`);
  return writer;
};

const addFollower = async (telling: Telling, writer: Writer): Promise<void> => {
  const { stage, screen } = telling;
  screen.heading('A follower, with one command');
  screen.typed(['cat', 'replctl.yaml']);
  screen.quote(await readFile(join(stage.directory, 'replctl.yaml'), 'utf8'));
  const before = await writer.written();
  const code = await runReplctl(telling, ['add-follower', 'follower', '--rate', rate]);
  const during = (await writer.written()) - before;
  if (code !== 0) throw new Error(`replctl add-follower ended with exit code ${code}.`);
  screen.check(during > 0, `${number(during)} transactions were committed on the leader meanwhile.`);
};

const showStatus = async (telling: Telling): Promise<void> => {
  telling.screen.heading('How the fleet is');
  const code = await runReplctl(telling, ['status']);
  telling.screen.check(code === 0, `replctl status ended with exit code ${code}: healthy is 0.`);
};

const proveRows = async (
  { stage: { engine, leader, follower }, screen, signal }: Telling,
  writer: Writer,
): Promise<void> => {
  screen.heading('Proof: the follower has every row of the leader');
  await writer.stop();
  const end = await engine.end(leader, signal);
  screen.say(`The writer is stopped; the leader's log ends at ${end}.`);
  const replayed = async () => (await engine.hasReached(follower, end, signal)) || undefined;
  await poll({ every: 100, timeout: 60_000, signal, what: `the follower's replay up to ${end}` }, replayed);
  const reading = Promise.all([engine.contentOf(leader, signal), engine.contentOf(follower, signal)]);
  const [there, here] = await screen.during('counting and hashing all rows on both sides:', reading);
  for (const { table, leader: left, follower: right, same } of compare(there, here)) {
    const name = table.padEnd(18);
    const [one, other] = [left, right].map((side) =>
      side ? `${number(side.rows).padStart(11)} ${side.hash}` : 'not there',
    );
    screen.check(same, `${name} leader ${one}   follower ${other}`);
  }
};

const proveRefusal = async ({ stage: { engine, follower }, screen, signal }: Telling): Promise<void> => {
  screen.heading('Proof: the follower refuses writes');
  const { argv, refused } = engine.write;
  screen.typed(argv);
  const { exitCode, stderr } = await follower.run(argv, { signal });
  signal.throwIfAborted();
  screen.quote(stderr);
  screen.check(exitCode === 1 && refused.test(stderr), 'The server itself refused the write.');
};

/** The whole of it. What does not hold is a check that failed, or throws. */
export const tell = async (telling: Telling): Promise<void> => {
  const writer = await fillLeader(telling);
  await addFollower(telling, writer);
  await showStatus(telling);
  await proveRows(telling, writer);
  await proveRefusal(telling);
};
