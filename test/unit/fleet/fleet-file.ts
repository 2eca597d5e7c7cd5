import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ReplctlError } from '../../../src/errors.ts';
import type { Fleet } from '../../../src/fleet/fleet.ts';
import { loadFleet } from '../../../src/fleet/load.ts';
import type { FleetSurroundings } from '../../../src/fleet/source.ts';

const made: string[] = [];
// Not when a test is finished: of tests that run at once, that may be another one.
afterAll(() => Promise.all(made.map((directory) => rm(directory, { recursive: true }))));

/** A directory of the test's own, gone when its file's tests have ended. */
export const ownDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'replctl-unit-'));
  made.push(directory);
  return directory;
};

export const surroundings = (directory: string, more: Partial<FleetSurroundings> = {}): FleetSurroundings => ({
  environment: {},
  directory,
  home: '/home/ops',
  uid: process.getuid?.() ?? 0,
  readStdin: async () => '',
  ...more,
});

/** Loads this text as the `replctl.yaml` of a directory. */
export const load = async (
  text: string,
  options: Partial<FleetSurroundings> & { mode?: number } = {},
): Promise<Fleet> => {
  const directory = await ownDirectory();
  const path = join(directory, 'replctl.yaml');
  await writeFile(path, text);
  await chmod(path, options.mode ?? 0o644);
  return loadFleet(surroundings(directory, options));
};

/** The error of loading this text. */
export const refusal = async (text: string, options: { mode?: number } = {}): Promise<ReplctlError> =>
  load(text, options).then(
    () => {
      throw new Error('the fleet file was accepted');
    },
    (error: unknown) => error as ReplctlError,
  );

/** Nodes in YAML under a valid head of two lines: the first node is on line 4. */
export const withNodes = (...nodes: readonly string[]): string =>
  ['fleet: orders', 'engine: postgresql', 'nodes:', ...nodes.map((node) => `  ${node}`), ''].join('\n');
