import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createLocalStage } from './local-stage.ts';
import { localMariadb } from './mysql/local.ts';
import { localPostgresql } from './postgresql/local.ts';
import { createScreen } from './screen.ts';
import type { Stage, StageOptions } from './stage.ts';
import { tell } from './story.ts';

// main.ts ENGINE local BINDIR | ENGINE fleet. Started by scripts/demo.mjs.
const [engine, scene, binDir = ''] = process.argv.slice(2);

const root = fileURLToPath(new URL('../..', import.meta.url));
const began = performance.now();
const screen = createScreen(process.stdout, process.env);
const interrupt = new AbortController();
const { signal } = interrupt;
let exitCode = 0;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Whatever comes after the first: the clean-up goes on.
  process.on(name, () => {
    exitCode ||= 128 + constants.signals[name];
    interrupt.abort();
  });
}
// A reader or a terminal that went away: nobody watches any more.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => {
    exitCode ||= 128 + constants.signals.SIGPIPE;
    interrupt.abort();
  });
}

const setUp = async (options: StageOptions): Promise<Stage> => {
  if (scene === 'local')
    return createLocalStage(engine === 'mariadb' ? localMariadb : localPostgresql, binDir, options);
  const { createFleetStage } = await import('./fleet-stage.ts');
  return createFleetStage(engine === 'mysql' || engine === 'mariadb' ? engine : 'postgresql', options);
};

const attempt = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (signal.aborted) return;
    exitCode ||= 1;
    screen.check(false, error instanceof Error ? error.message : String(error));
  }
};

let stage: Stage | undefined;
await attempt(async () => {
  stage = await setUp({ root, screen, signal });
  await tell({ stage, screen, signal });
});
if (stage) {
  screen.heading(signal.aborted ? 'Interrupted: cleaning up' : 'Cleaning up');
  try {
    await stage.close();
    screen.check(true, 'Servers, processes and directories are gone.');
  } catch (error) {
    exitCode ||= 1;
    screen.check(false, error instanceof Error ? error.message : String(error));
  }
}
if (!screen.allGood) exitCode ||= 1;
const took = `${Math.round((performance.now() - began) / 1000)} s`;
if (!signal.aborted)
  screen.say(
    exitCode === 0 ? `\nAll of it held. The demo took ${took}.` : `\nThe demo FAILED after ${took}: see above.`,
  );
process.exit(exitCode);
