import { spawnSync } from 'node:child_process';
import type { Replctl } from './replctl.ts';
import { median } from './statistics.ts';

const milliseconds = (argv: readonly string[], env: NodeJS.ProcessEnv): number => {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`exit ${status}: ${argv.join(' ')}\n${stderr}`);
  return performance.now() - began;
};

export interface Starts {
  readonly command: string;
  readonly milliseconds: number;
  /** `node -e 0`, in turns with it. */
  readonly bare: number;
}

/** A short command beside the least that Node can do, in turns. */
export const timeStarts = (replctl: Replctl, args: readonly string[], times: number): Starts => {
  // Once for the compile cache.
  milliseconds([replctl.bin, ...args], replctl.env);
  const pairs = Array.from({ length: times }, () => [
    milliseconds([replctl.bin, ...args], replctl.env),
    milliseconds(['-e', '0'], replctl.env),
  ]);
  const [ours, bare] = [0, 1].map((at) => median(pairs.map((pair) => pair[at] ?? Number.NaN)));
  return { command: `replctl ${args.join(' ')}`, milliseconds: ours ?? Number.NaN, bare: bare ?? Number.NaN };
};
